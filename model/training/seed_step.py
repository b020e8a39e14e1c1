"""The seed recipe's step on one name: the vanilla cell and the output layer, laid out for a batch of one.

At this size a step is all overhead, so it makes few calls, on whole arrays that it keeps. Row t of `rows` is
``[h_{t-1}, 1, one-hot of x_t]``, which turns ``tanh(h_{t-1} W + b + U[x_t])`` into one product with W, b and U stacked,
and their three gradients into one product as well; the same for V and c with ``[h_t, 1]``. The learning rate is folded
into the derivative of the logits, so that what comes out at the other end is the step itself.

Axes:  t letters along a name   v vocabulary   h hidden units
"""

from __future__ import annotations

import numpy as np

from model.corpus.spelling import LONGEST_NAME_LETTERS
from model.network.parameters import FloatArray, IntArray, Parameters

SAFE_LOGIT = 60.0
"""Below this, e^logit is far from both ends of float32; beyond it a row's maximum is subtracted first."""


class SeedStep:
    """Plain stochastic gradient descent on one name after another.

    Parameters
    ----------
    parameters
        The weights of a vanilla cell and its output layer, changed in place.
    """

    def __init__(self, parameters: Parameters) -> None:
        h, v = parameters["V"].shape
        dtype = parameters.flat.dtype
        self._W, self._V = parameters["W"], parameters["V"]
        self._into_state, self._into_logits = parameters.stack("W", "b", "U"), parameters.stack("V", "c")
        self._state_step, self._logits_step = np.empty_like(self._into_state), np.empty_like(self._into_logits)
        self._rows = np.zeros((LONGEST_NAME_LETTERS + 2, h + 1 + v), dtype)  # the first state is zero and stays so
        self._rows[:, h] = 1
        self._row = list(self._rows)
        self._state = list(self._rows[:, :h])
        self._errors = np.empty((LONGEST_NAME_LETTERS + 1, h), dtype)
        self._slopes = np.empty_like(self._errors)
        self._error, self._slope = list(self._errors), list(self._slopes)
        self._through = np.empty(h, dtype)
        self._ones = np.ones(v, dtype)
        self._times = np.arange(LONGEST_NAME_LETTERS + 1)

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
        length, h = len(inputs), len(self._W)
        times, rows = self._times[:length], self._rows[: length + 1]

        # Forward. The state after letter t is the head of row t + 1.
        rows[:, h + 1 :] = 0
        rows[times, inputs + (h + 1)] = 1
        for t in range(length):
            after = self._state[t + 1]
            np.dot(self._row[t], self._into_state, out=after)
            np.tanh(after, out=after)
        read = rows[1:, : h + 1]  # (t, h + 1)

        # Softmax and loss over all letters at once; the derivative of the logits carries the learning rate.
        scores = np.dot(read, self._into_logits)  # (t, v)
        if not -SAFE_LOGIT < scores.min() <= scores.max() < SAFE_LOGIT:
            scores -= scores.max(axis=1, keepdims=True)
        right = scores[times, targets]
        np.exp(scores, out=scores)
        totals = np.dot(scores, self._ones)  # (t,)
        loss = float((np.log(totals) - right).sum(dtype=np.float64))
        scores *= (rate / totals)[:, None]
        scores[times, targets] -= rate

        # Back along the name, through the weights as they were before the step.
        errors = np.dot(scores, self._V.T, out=self._errors[:length])
        slopes = self._slopes_of(rows[1:, :h])
        errors[-1] *= slopes[-1]
        for t in range(length - 2, -1, -1):
            error = self._error[t]
            error += np.dot(self._W, self._error[t + 1], out=self._through)
            error *= self._slope[t]

        self._into_state -= np.dot(rows[:-1].T, errors, out=self._state_step)
        self._into_logits -= np.dot(read.T, scores, out=self._logits_step)
        return loss

    def _slopes_of(self, states: FloatArray) -> FloatArray:
        """The derivatives of tanh, ``1 - h_t²``, (t, h)."""
        slopes = np.multiply(states, states, out=self._slopes[: len(states)])
        return np.subtract(1, slopes, out=slopes)
