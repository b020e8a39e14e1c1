"""What do requests and answers look like?  The OpenAPI document and Swagger UI are made from this."""
