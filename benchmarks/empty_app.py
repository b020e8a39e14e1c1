"""``python -m benchmarks.empty_app``: the smallest FastAPI app, which start-up and memory are compared with."""

import os

import uvicorn
from fastapi import FastAPI

app = FastAPI()


@app.get("/sample")
async def sample() -> dict[str, str]:
    return {}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), access_log=False)
