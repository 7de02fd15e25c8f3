"""From memory to the device that computes."""

import torch


def on_device(tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
    """A tensor's copy on a device; the tensor itself if it is there already.

    A CUDA card copies from page-locked memory on its own, in order with what it computes, while the program
    goes on. From other memory the program has to wait for it.
    """
    if device.type == "cuda" and tensor.device.type == "cpu":
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor.to(device)
