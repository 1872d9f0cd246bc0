"""The networks of the training steps, in plain PyTorch."""

import math

import torch
import torch.nn.functional as F

HIDDEN = 256


def uniform(*shape, bound):
    return (torch.rand(*shape) * 2 - 1) * bound


class Policy:
    """tanh(MLP(s))."""

    def __init__(self, s, a):
        self.net = torch.nn.Sequential(
            torch.nn.Linear(s, HIDDEN), torch.nn.ReLU(inplace=True),
            torch.nn.Linear(HIDDEN, HIDDEN), torch.nn.ReLU(inplace=True),
            torch.nn.Linear(HIDDEN, a), torch.nn.Tanh())
        self.parameters = list(self.net.parameters())

    def __call__(self, s):
        return self.net(s)


class Value:
    """V(s), a batch of numbers."""

    def __init__(self, s):
        self.net = torch.nn.Sequential(
            torch.nn.Linear(s, HIDDEN), torch.nn.ReLU(inplace=True),
            torch.nn.Linear(HIDDEN, HIDDEN), torch.nn.ReLU(inplace=True),
            torch.nn.Linear(HIDDEN, 1))
        self.parameters = list(self.net.parameters())

    def __call__(self, s):
        return self.net(s).squeeze(-1)


class Ensemble:
    """Q_e(s, a) of all members at once, [E, B]: each layer is one batched product."""

    def __init__(self, members, s, a, trained=True):
        widths = [s + a, HIDDEN, HIDDEN, 1]
        self.members = members
        self.parameters = []
        for i, o in zip(widths, widths[1:]):
            self.parameters.append(uniform(members, i, o, bound=i ** -0.5).requires_grad_(trained))
            self.parameters.append(uniform(members, 1, o, bound=i ** -0.5).requires_grad_(trained))

    def __call__(self, s, a):
        return self.of(torch.cat([a, s], -1))

    def of(self, x):
        w1, b1, w2, b2, w3, b3 = self.parameters
        x = torch.baddbmm(b1, x.expand(self.members, *x.shape), w1).relu_()
        x = torch.baddbmm(b2, x, w2).relu_()
        return torch.baddbmm(b3, x, w3).squeeze(-1)


class Score:
    """The noise predictor of DRCORL: width 256, three blocks to 1024, a time embedding of 128."""

    WIDTH, WIDE, BLOCKS, EMBEDDING, FREQUENCIES, DROPOUT = 256, 1024, 3, 128, 32, 0.1

    def __init__(self, s, a):
        linear = torch.nn.Linear
        self.frequencies = torch.randn(1, self.FREQUENCIES) * 30
        self.time1 = linear(2 * self.FREQUENCIES, self.EMBEDDING)
        self.time2 = linear(self.EMBEDDING, self.EMBEDDING)
        self.first = linear(s + a + self.EMBEDDING, self.WIDTH)
        self.blocks = [
            (torch.nn.LayerNorm(self.WIDTH), linear(self.WIDTH, self.WIDE), linear(self.WIDE, self.WIDTH))
            for _ in range(self.BLOCKS)]
        self.head = linear(self.WIDTH, a)
        modules = [self.time1, self.time2, self.first, *(m for b in self.blocks for m in b), self.head]
        self.parameters = [p for m in modules for p in m.parameters()]

    def __call__(self, action, time, s, training):
        angle = time.unsqueeze(-1) @ self.frequencies * (2 * math.pi)
        embedded = self.time2(F.mish(self.time1(torch.cat([angle.sin(), angle.cos()], -1))))
        x = self.first(torch.cat([action, s, embedded], -1))
        for norm, widen, narrow in self.blocks:
            kept = F.dropout(x, self.DROPOUT) if training else x
            x = x + narrow(F.mish(widen(norm(kept))))
        return self.head(F.mish(x))


def schedule(time):
    """alpha(t), sigma(t) of the variance-preserving diffusion."""
    log = time * time * (-0.25 * 19.9) - time * 0.05
    return log.exp(), (-torch.expm1(2 * log)).sqrt()
