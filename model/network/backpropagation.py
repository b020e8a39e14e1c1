"""Loss and gradient of a batch: letters in, the derivative of every weight out.

Axes:  n letters of the batch   b names in the batch   v vocabulary   h hidden units   l layers
"""

from __future__ import annotations

from typing import Any

import numpy as np

from model.network import output, styles
from model.network.batch import Batch
from model.network.buffers import PIECE, Buffers
from model.network.cells import Errors, Reading, Trace
from model.network.dropout import DropoutMasks
from model.network.network import Network
from model.network.parameters import FloatArray, Parameters
from model.network.styles import StyleErrors

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
        self._buffers = Buffers(dtype, PIECE)
        self.gradient = Parameters(self._buffers("gradient", network.parameters.flat.size), network.parameters.layout)
        self._layer_buffers = [Buffers(dtype, PIECE) for _ in range(network.shape.layers)]

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
        if not masks.leave_out and batch.styles is None and batch.lists is None:
            batch = batch.shared()
        weights, shape, buffers = self.network.parameters, self.network.shape, self._buffers
        n, units, letters = len(batch.inputs), shape.layers * shape.hidden, batch.letters
        v = shape.vocabulary if letters is None else len(letters)

        z = None if batch.styles is None else weights["z"][batch.styles]
        traces = self._forward(batch, masks, z)
        states = read = traces[0].states if len(traces) == 1 else self._side_by_side(traces)
        factors = masks.output if z is None else styles.factors(z, weights["Rz"], masks.output)
        if factors is not None:
            read = batch.multiply(states, factors, out=buffers("read", n, units))
        scores = output.forward(weights, read, buffers, letters)
        if z is not None:
            batch.add(scores[:, :v], z @ output.columns(weights["Vz"], letters))
        if self._alphabets is not None:
            batch.add(scores[:, :v], output.columns(self._alphabets, letters)[batch.lists])
        targets = batch.targets if letters is None else np.searchsorted(letters, batch.targets)
        loss, scores = output.cross_entropy(scores, targets, batch.rows, scale, buffers)

        errors = output.backward(self.gradient, read, scores, buffers, letters)
        to_factors = None
        if z is not None:
            to_factors = batch.sum(np.multiply(errors, states, out=buffers("to_factors", n, units)))
        if factors is not None:
            batch.multiply(errors, factors, out=errors)
        layers = self._backward(batch, masks, errors, traces)
        if to_factors is not None:
            styles.write_gradient(weights, self.gradient, batch, masks, StyleErrors(layers, to_factors, scores[:, :v]))
        return loss

    def _forward(self, batch: Batch, masks: DropoutMasks, z: FloatArray | None) -> list[Any]:
        """Run up the layers, with the style (b, d) of each name; return the trace of each."""
        network, h = self.network, self.network.shape.hidden
        weights, traces = network.parameters, list[Trace]()
        for layer, buffers in enumerate(self._layer_buffers):
            inputs = batch.inputs
            if layer:
                inputs = traces[-1].states
                if masks.between is not None:
                    mask = masks.between[:, (layer - 1) * h : layer * h]
                    inputs = batch.multiply(inputs, mask, out=buffers("inputs", *inputs.shape))
            own, keep = weights.layer(layer), masks.recurrent_of(layer, h)
            reading = Reading(batch, inputs, factors=keep)
            if z is not None:
                reading = Reading(batch, inputs, z @ own["Wz"], styles.factors(z, own["Sz"], keep), styled=True)
            traces.append(network.cell.forward(own, reading, buffers))
        return traces

    def _side_by_side(self, traces: list[Trace]) -> FloatArray:
        """The states of all layers, (n, l h)."""
        n, h = traces[0].states.shape
        return np.concatenate(
            [trace.states for trace in traces], axis=1, out=self._buffers("states", n, len(traces) * h)
        )

    def _backward(self, batch: Batch, masks: DropoutMasks, errors: FloatArray, traces: list[Any]) -> list[Errors]:
        """Run down the layers with ``∂loss/∂h_t`` (n, l h) through the outputs; return what each layer does."""
        network, h = self.network, self.network.shape.hidden
        weights, gradient = network.parameters, self.gradient
        layers: list[Errors] = []
        for layer in reversed(range(len(traces))):
            buffers = self._layer_buffers[layer]
            own = errors
            if len(traces) > 1:
                own = buffers("errors", len(errors), h)
                own[:] = errors[:, layer * h : (layer + 1) * h]
            if layers:  # through the layer above, which read these states
                above = weights.layer(layer + 1)["U"]
                through = np.matmul(layers[-1].gates, above.T, out=buffers("through", len(errors), h))
                if masks.between is not None:
                    batch.multiply(through, masks.between[:, layer * h : (layer + 1) * h], out=through)
                own += through
            layers.append(
                network.cell.backward(weights.layer(layer), gradient.layer(layer), own, traces[layer], buffers)
            )
        return layers[::-1]
