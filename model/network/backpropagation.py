"""Loss and gradient of a batch: letters in, the derivative of every weight out.

Axes:  n letters of the batch   b names in the batch   v vocabulary   h hidden units   l layers
"""

from __future__ import annotations

from typing import Any

import numpy as np

from model.network import output, styles
from model.network.batch import Batch
from model.network.buffers import Buffers
from model.network.cells import Reading, Trace
from model.network.dropout import DropoutMasks
from model.network.network import Network
from model.network.parameters import FloatArray, Parameters

ALL_UNITS = DropoutMasks()


class Backpropagation:
    """Loss and gradient of one batch after another, in memory that is kept between them.

    Parameters
    ----------
    network
        Whose weights are differentiated.
    alphabets : (lists, v) or None
        For each list that a batch may name, 0 for the letters that it uses and minus infinity for all others, which
        are then no possible next letters.

    Attributes
    ----------
    gradient
        ``∂(scale · loss)/∂parameters`` of the last batch; the next one overwrites it.
    """

    def __init__(self, network: Network, alphabets: FloatArray | None = None) -> None:
        self.network, self._alphabets = network, alphabets
        dtype = network.parameters.flat.dtype
        self.gradient = Parameters.zeros(network.parameters.layout, dtype)
        self._buffers = Buffers(dtype)
        self._layer_buffers = [Buffers(dtype) for _ in range(network.shape.layers)]

    def __call__(self, batch: Batch, scale: float, masks: DropoutMasks = ALL_UNITS) -> float:
        """Run forward and back over one batch.

        Parameters
        ----------
        batch
            The names.
        scale
            Factor of the summed loss before it is differentiated.
        masks
            Of dropout; by default every unit is used.

        Returns
        -------
        float
            The loss summed over all n letters, unscaled, nats.
        """
        weights, shape, buffers = self.network.parameters, self.network.shape, self._buffers
        n, units, letters = len(batch.inputs), shape.layers * shape.hidden, batch.letters
        v = shape.vocabulary if letters is None else len(letters)

        traces = self._forward(batch, masks)
        read = traces[0].states if len(traces) == 1 else self._side_by_side(traces)
        if masks.output is not None:
            read = batch.multiply(read, masks.output, out=buffers("read", n, units))
        scores = output.forward(weights, read, buffers("scores", n, v), letters)
        if batch.styles is not None:
            batch.add(scores, styles.shift(weights, output.columns(weights["Vz"], letters), batch.styles))
        if self._alphabets is not None:
            batch.add(scores, output.columns(self._alphabets, letters)[batch.lists])
        targets = batch.targets if letters is None else np.searchsorted(letters, batch.targets)
        loss = output.cross_entropy(scores, targets)
        scores *= scale

        errors = output.backward(weights, self.gradient, read, scores, buffers("errors", n, units), letters)
        if masks.output is not None:
            batch.multiply(errors, masks.output, out=errors)
        to_gates = self._backward(batch, masks, errors, traces)
        if batch.styles is not None:
            styles.write_gradient(weights, self.gradient, batch, to_gates, scores)
        return loss

    def _forward(self, batch: Batch, masks: DropoutMasks) -> list[Any]:
        """Run up the layers; return the trace of each."""
        network, h = self.network, self.network.shape.hidden
        weights, traces = network.parameters, list[Trace]()
        for layer, buffers in enumerate(self._layer_buffers):
            inputs = batch.inputs
            if layer:
                inputs = traces[-1].states
                if masks.between is not None:
                    mask = masks.between[:, (layer - 1) * h : layer * h]
                    inputs = batch.multiply(inputs, mask, out=buffers("inputs", *inputs.shape))
            shift = None
            if batch.styles is not None:
                shift = styles.shift(weights, weights.layer(layer)["Wz"], batch.styles)
            keep = None if masks.recurrent is None else masks.recurrent[:, layer * h : (layer + 1) * h]
            reading = Reading(batch, inputs, shift, keep)
            traces.append(network.cell.forward(weights.layer(layer), reading, buffers))
        return traces

    def _side_by_side(self, traces: list[Trace]) -> FloatArray:
        """The states of all layers, (n, l h)."""
        n, h = traces[0].states.shape
        return np.concatenate(
            [trace.states for trace in traces], axis=1, out=self._buffers("states", n, len(traces) * h)
        )

    def _backward(self, batch: Batch, masks: DropoutMasks, errors: FloatArray, traces: list[Any]) -> list[FloatArray]:
        """Run down the layers with ``∂loss/∂h_t`` (n, l h) through the outputs; return that of each layer's gates."""
        network, h = self.network, self.network.shape.hidden
        weights, gradient = network.parameters, self.gradient
        to_gates: list[FloatArray] = []
        for layer in reversed(range(len(traces))):
            buffers = self._layer_buffers[layer]
            own = errors
            if len(traces) > 1:
                own = buffers("errors", len(errors), h)
                own[:] = errors[:, layer * h : (layer + 1) * h]
            if to_gates:  # through the layer above, which read these states
                through = np.matmul(
                    to_gates[-1], weights.layer(layer + 1)["U"].T, out=buffers("through", len(errors), h)
                )
                if masks.between is not None:
                    batch.multiply(through, masks.between[:, layer * h : (layer + 1) * h], out=through)
                own += through
            to_gates.append(
                network.cell.backward(weights.layer(layer), gradient.layer(layer), own, traces[layer], buffers)
            )
        return to_gates[::-1]
