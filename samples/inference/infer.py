"""Runs a small PyTorch model on every frame of a pool, on the frame itself: infer.py NAME"""

import sys

import torch

import bips

model = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3), torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten()).eval()

# The newest frame each time: a model that is slower than the camera never sees old pictures.
with bips.Consumer(sys.argv[1], wait_for_pool=10, overflow=bips.Overflow.LATEST) as consumer, torch.inference_mode():
    for frame in consumer:
        picture = torch.from_dlpack(frame)  # the frame's own memory: never write to it
        scores = model(picture[None, None].float() / 255)
        print(f"frame {frame.sequence}: {tuple(picture.shape)} -> {tuple(scores.shape)}")
        del picture
