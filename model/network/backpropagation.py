"""Loss and gradient of a batch: letters in, the derivative of every weight out.

Axes:  n letters of the batch   b names in the batch   v vocabulary   h hidden units
"""

from __future__ import annotations

from model.network import dropout, output
from model.network.batch import Batch
from model.network.buffers import Buffers
from model.network.dropout import DropoutMasks
from model.network.network import Network
from model.network.parameters import Parameters

ALL_UNITS = DropoutMasks()


class Backpropagation:
    """Loss and gradient of one batch after another, in memory that is kept between them.

    Attributes
    ----------
    gradient
        ``∂(scale · loss)/∂parameters`` of the last batch; the next one overwrites it.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.gradient = Parameters.zeros(network.parameters.layout, network.parameters.flat.dtype)
        self._buffers = Buffers(network.parameters.flat.dtype)

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
        weights, cell, buffers = self.network.parameters, self.network.cell, self._buffers
        n, v, h = len(batch.inputs), self.network.vocabulary, self.network.hidden

        trace = cell.forward(weights, batch, masks.recurrent, buffers)
        read = trace.states
        if masks.output is not None:
            read = dropout.apply(read, masks.output, batch.counts, buffers("read", n, h))
        scores = output.forward(weights, read, buffers("scores", n, v))
        loss = output.cross_entropy(scores, batch.targets)
        scores *= scale

        errors = output.backward(weights, self.gradient, read, scores, buffers("errors", n, h))
        if masks.output is not None:
            dropout.apply(errors, masks.output, batch.counts, errors)
        cell.backward(weights, self.gradient, errors, trace, buffers)
        return loss
