"""``python -m benchmarks.nothing``: a FastAPI endpoint with the query and the answer of `/sample` that does nothing."""

import os
from typing import Annotated

import uvicorn
from fastapi import FastAPI, Query

from app.schemas.answers import LeftOut, SampleAnswer
from app.schemas.sample import sample_query
from app.settings import Settings

app = FastAPI()
SampleQuery = sample_query(Settings())


@app.get("/sample")
async def sample(_: Annotated[SampleQuery, Query()]) -> SampleAnswer:  # type: ignore[valid-type]
    return SampleAnswer(
        names=["Masy"],
        model="us",
        version=0,
        seed=None,
        shortfall=None,
        exact=True,
        effective_sample_size=None,
        top_p=1.0,
        left_out=LeftOut(decent=0),
    )


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), access_log=False)
