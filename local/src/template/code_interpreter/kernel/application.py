"""What all kernels of the template have in common, whatever they run."""

import zmq
from ipykernel.kernelapp import IPKernelApp
from traitlets import Type


class KernelApp(IPKernelApp):
    """A kernel that is nobody's client, and loses nothing of what it publishes."""

    name = "sandspan-kernel"
    # Its default is a class, whose module would be imported with all of its package.
    blocking_class = Type(object)

    def init_iopub(self, context: zmq.Context) -> None:
        """Lets what is published wait for room, where the socket would throw it away."""
        super().init_iopub(context)
        thread = self.iopub_thread
        # Sockets belong to one thread.
        thread.schedule(lambda: thread.socket.setsockopt(zmq.XPUB_NODROP, 1))
