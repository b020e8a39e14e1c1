"""Peers of drawing: the same network in JAX, the original's loop, and libraries that make up names otherwise.

Each is written as its own good user would write it. What only the benchmarks need is imported where it is used.

Axes:  b names in the batch   t letters along a name   v vocabulary   h hidden units
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.literal_recipe import LiteralRecipe
from model.artifact.model_file import Artifact
from model.corpus.vocabulary import END

LONGEST = 20
"""Letters of a name, at most; the literal loop and JAX cut what is longer."""

Draw = Callable[[], Sequence[str]]


def literal(model: Artifact, count: int, rng: np.random.Generator) -> Draw:
    """The original's sampler: a distribution a letter, a draw from it, the letter fed back."""
    recipe = LiteralRecipe.of(model.network.parameters.arrays())
    size = model.vocabulary.size

    def one() -> str:
        letters: list[int] = []
        hidden = np.zeros(model.network.hidden)
        letter = END if model.first_letters is None else int(rng.choice(size, p=model.first_letters))
        while len(letters) < LONGEST:
            if letter != END:
                letters.append(letter)
            x = np.zeros(size)
            x[letter] = 1
            hidden = np.tanh(recipe.U @ x + recipe.W @ hidden + recipe.b)
            exponentials = np.exp((recipe.V @ hidden + recipe.c).astype(np.float64))
            letter = int(np.argmax(rng.multinomial(1, exponentials / exponentials.sum())))
            if letter == END:
                break
        return model.casing.restore_case(model.vocabulary.decode(letters))

    return lambda: [one() for _ in range(count)]


def jax_variants(model: Artifact, count: int) -> dict[str, Draw]:
    """A plain network under `jit`: `scan` over all places, or a loop until all names have ended.

    Letters by `categorical`, with JAX's default generator and with the quicker one of the hardware, or by the inverse
    of the cumulative sum, which needs one random number a letter instead of one for each letter of the vocabulary.
    """
    import jax
    import jax.numpy as jnp
    from jax import lax

    U, W, V, b, c = (jnp.asarray(model.network.parameters[name]) for name in ("U", "W", "V", "b", "c"))

    def categorical(key: Any, logits: Any) -> Any:
        return jax.random.categorical(key, logits)

    def inverse(key: Any, logits: Any) -> Any:
        sums = jnp.cumsum(jax.nn.softmax(logits), axis=1)
        heights = jax.random.uniform(key, (count, 1)) * sums[:, -1:]
        return (sums <= heights).sum(axis=1)

    def step(choose: Any, carry: Any, key: Any) -> Any:
        hidden, letters, ended = carry
        hidden = jnp.tanh(U[letters] + b + hidden @ W)
        letters = jnp.where(ended, END, choose(key, hidden @ V + c))
        return (hidden, letters, ended | (letters == END)), letters.astype(jnp.uint8)

    def begin() -> Any:
        nothing = jnp.full(count, END)
        return jnp.zeros((count, len(W)), jnp.float32), nothing, jnp.zeros(count, bool)

    def scan(choose: Any) -> Any:
        def run(key: Any) -> Any:
            return lax.scan(lambda carry, one: step(choose, carry, one), begin(), jax.random.split(key, LONGEST))[1].T

        return jax.jit(run)

    def until_all_ended(choose: Any) -> Any:
        def body(state: Any) -> Any:
            place, key, carry, drawn = state
            key, one = jax.random.split(key)
            carry, letters = step(choose, carry, one)
            return place + 1, key, carry, drawn.at[place].set(letters)

        def run(key: Any) -> Any:
            drawn = jnp.zeros((LONGEST, count), jnp.uint8)
            goes_on = lambda state: (state[0] < LONGEST) & ~state[2][2].all()  # noqa: E731
            return lax.while_loop(goes_on, body, (0, key, begin(), drawn))[3].T

        return jax.jit(run)

    table = np.array(["", *model.vocabulary.letters], dtype="<U1")

    def strings(run: Any, generator: str) -> Draw:
        keys = iter(jax.random.split(jax.random.key(0, impl=generator), 4096))

        def names() -> Sequence[str]:
            letters = table[np.asarray(run(next(keys)))]
            return [str.capitalize(name) for name in letters.view(f"<U{LONGEST}").ravel().tolist()]

        return names

    return {
        f"{loop.__name__}, {choose.__name__}, {generator}": strings(loop(choose), generator)
        for loop in (scan, until_all_ended)
        for choose in (categorical, inverse)
        for generator in ("threefry2x32", "unsafe_rbg")
    }


def torch_rnn(model: Artifact, count: int) -> Draw:
    """The same in PyTorch, a letter of all names at a time until all have ended."""
    import torch

    U, W, V, b, c = (torch.from_numpy(model.network.parameters[name]) for name in ("U", "W", "V", "b", "c"))
    table = np.array(["", *model.vocabulary.letters], dtype="<U1")

    def names() -> Sequence[str]:
        with torch.inference_mode():
            return draw()

    def draw() -> Sequence[str]:
        hidden, letters = torch.zeros(count, len(W)), torch.zeros(count, dtype=torch.long)
        ended = torch.zeros(count, dtype=torch.bool)
        drawn = torch.zeros(count, LONGEST, dtype=torch.uint8)
        for place in range(LONGEST):
            hidden = torch.tanh(torch.addmm(U[letters] + b, hidden, W))
            letters = torch.multinomial(torch.softmax(torch.addmm(c, hidden, V), 1), 1)[:, 0]
            letters[ended] = END
            ended = ended | (letters == END)
            if bool(ended.all()):
                break
            drawn[:, place] = letters
        spelled = table[drawn.numpy()].view(f"<U{LONGEST}").ravel().tolist()
        return [str.capitalize(name) for name in spelled]

    found: Draw = names
    return found


def faker(count: int) -> Draw:
    """`first_name()` of Faker, names of a fixed list."""
    from faker import Faker

    first_name = Faker("en_US").first_name
    return lambda: [first_name() for _ in range(count)]


def mimesis(count: int) -> Draw:
    """`first_name()` of Mimesis, names of a fixed list."""
    from mimesis import Person

    first_name = Person().first_name
    return lambda: [first_name() for _ in range(count)]


def markovify(names: Sequence[str], count: int) -> Draw:
    """A chain of markovify over letters, of order 3, learned from the same list."""
    from markovify import Chain

    chain = Chain([list(name) for name in names], 3)
    return lambda: ["".join(chain.walk()) for _ in range(count)]
