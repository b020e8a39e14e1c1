"""The original recipe's step, one name at a time: the same equations as `model.network`, laid out for a batch of one.

At this size a step is all overhead, so it makes few calls on whole arrays. Row t of `rows` is ``[h_{t-1}, one-hot of
x_t, 1]``, which turns ``tanh(U[x_t] + h_{t-1} W + b)`` into one product with W, U and b stacked, and their three
gradients into one product as well. The learning rate is folded into the derivative of the logits, so that what comes
out at the other end is the step itself.

Axes:  t letters along a name   v vocabulary   h hidden units
"""

from __future__ import annotations

import numpy as np

from model.network import SAFE_LOGIT, IntArray, Scratch
from model.parameters import Parameters


class RecipeStep:
    """Plain stochastic gradient descent on one name after another.

    Parameters
    ----------
    parameters
        The weights, changed in place.
    """

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters
        self._scratch = Scratch(parameters.flat.dtype)
        self._into_state = parameters.into_state  # (h + v + 1, h)
        self._state_step = np.empty_like(self._into_state)
        self._into_logits = parameters.into_logits  # (h + 1, v)
        self._logits_step = np.empty_like(self._into_logits)

    def __call__(self, inputs: IntArray, targets: IntArray, rate: float) -> float:
        """Read one name and step down the gradient of the sum of its letters' losses.

        Parameters
        ----------
        inputs, targets : (t,)
            Letters read, and the letters that follow them.
        rate
            Learning rate, eta.

        Returns
        -------
        float
            The loss before the step, summed over the letters, nats.
        """
        p, scratch = self._parameters, self._scratch
        times, h, v = len(inputs), p.hidden, p.vocabulary
        letters = np.arange(times)

        # Forward. The state after letter t is the head of row t + 1; the last column is the 1 that biases multiply.
        rows = scratch("rows", times + 1, h + v + 1)
        rows[:, h:-1] = 0
        rows[letters, h + inputs] = 1
        rows[:, -1] = 1
        rows[0, :h] = 0
        for t in range(times):
            after = rows[t + 1, :h]
            np.dot(rows[t], self._into_state, out=after)
            np.tanh(after, out=after)
        states = rows[1:, :h]  # (t, h)

        # Softmax and loss over all letters at once; the derivative of the logits carries the learning rate.
        scores = np.dot(states, p.V, out=scratch("scores", times, v))
        scores += p.c
        if not -SAFE_LOGIT < scores.min() <= scores.max() < SAFE_LOGIT:
            scores -= scores.max(axis=1, keepdims=True)
        right = scores[letters, targets]
        np.exp(scores, out=scores)
        totals = scores.sum(axis=1)
        loss = float(np.log(totals).sum(dtype=np.float64) - right.sum(dtype=np.float64))
        scores *= (rate / totals)[:, None]
        scores[letters, targets] -= rate

        # Back along the name, through the weights as they were before the step.
        errors = np.dot(scores, p.V.T, out=scratch("errors", times, h))
        slopes = np.multiply(states, states, out=scratch("slopes", times, h))
        np.subtract(1, slopes, out=slopes)
        errors[-1] *= slopes[-1]
        for t in range(times - 2, -1, -1):
            errors[t] += np.dot(p.W, errors[t + 1])
            errors[t] *= slopes[t]

        np.dot(rows[:-1].T, errors, out=self._state_step)
        self._into_state -= self._state_step
        np.dot(states.T, scores, out=self._logits_step[:-1])
        np.sum(scores, axis=0, out=self._logits_step[-1])
        self._into_logits -= self._logits_step
        return loss
