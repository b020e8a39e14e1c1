"""What requests and answers look like; the OpenAPI document and Swagger UI are made from it."""
