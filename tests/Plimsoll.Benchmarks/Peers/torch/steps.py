"""The training steps of tests/Plimsoll.Benchmarks, the same arithmetic, in plain PyTorch: batches drawn by index
from tensors, no gradient that nobody reads, all members of an ensemble in one product."""

import torch

from networks import Ensemble, Policy, Score, Value, schedule

ROWS = 50_000
BATCH = 256
RATE = 3e-4
POLYAK = 0.005
DISCOUNT = 0.99
EXPECTILE = 0.7
PESSIMISM = 0.2
CONFIDENCE = 2.0
LARGEST = 100.0


class Data:
    """Random transitions."""

    def __init__(self, s, a):
        self.s, self.a = s, a
        self.observations = torch.rand(ROWS, s) * 2 - 1
        self.next_observations = torch.rand(ROWS, s) * 2 - 1
        self.actions = torch.rand(ROWS, a) * 2 - 1
        self.rewards = torch.rand(ROWS)
        self.costs = (torch.rand(ROWS) < 0.1).float()
        self.continues = torch.ones(ROWS)

    def draw(self, size, *tables):
        rows = torch.randint(ROWS, (size,))
        return [table.index_select(0, rows) for table in tables]


def critic(members, data, trained=True):
    return Ensemble(members, data.s, data.a, trained)


def adam(parameters):
    # Small tensors: each operation goes over all of them in one call. For the score network that is slower.
    return torch.optim.Adam(parameters, lr=RATE, foreach=True)


def minimise(optimiser, loss):
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    optimiser.step()


@torch.no_grad()
def follow(target, online):
    torch._foreach_mul_(target.parameters, 1 - POLYAK)
    torch._foreach_add_(target.parameters, online.parameters, alpha=POLYAK)


def cloning(data):
    policy = Policy(data.s, data.a)
    optimiser = adam(policy.parameters)

    def step():
        s, a = data.draw(512, data.observations, data.actions)
        minimise(optimiser, torch.nn.functional.mse_loss(policy(s), a.clamp_(-0.99999, 0.99999)))

    return step


def reward_critic(data):
    q, target = critic(2, data), critic(2, data, trained=False)
    v = Value(data.s)
    of_q, of_v = adam(q.parameters), adam(v.parameters)

    def step():
        s, a, r, c, later = data.draw(
            BATCH, data.observations, data.actions, data.rewards, data.continues, data.next_observations)
        x = torch.cat([a.clamp_(-0.99999, 0.99999), s], -1)
        with torch.no_grad():
            y = r + DISCOUNT * c * v(later)
            least = target.of(x).amin(0)
        u = least - v(s)
        weight = torch.where(u.detach() < 0, 1 - EXPECTILE, EXPECTILE)
        minimise(of_v, (weight * u * u).mean())
        minimise(of_q, (q.of(x) - y).square().sum() / BATCH)
        follow(target, q)

    return step


def pessimistic(q, target, batch, next_actions, actions):
    """The cost critic's loss; the online critic sees the data's actions and the policy's in one pass."""
    s, a, cost, c, later = batch
    with torch.no_grad():
        y = (cost + DISCOUNT * c * target(later, next_actions)).clamp_(0, LARGEST)
    values = q.of(torch.cat([torch.cat([a, actions]), torch.cat([s, s])], -1))
    data, policy = values.split(BATCH, 1)
    return (data - y).square().sum() / BATCH - (PESSIMISM / BATCH) * (policy.sum() - data.sum())


def cost_critic(data, members):
    q, target = critic(members, data), critic(members, data, trained=False)
    policy = Policy(data.s, data.a)
    optimiser = adam(q.parameters)

    def step():
        s, a, cost, c, later = data.draw(
            BATCH, data.observations, data.actions, data.costs, data.continues, data.next_observations)
        with torch.no_grad():
            next_actions, actions = policy(torch.cat([later, s])).split(BATCH)
        batch = s, a.clamp_(-0.99999, 0.99999), cost, c, later
        minimise(optimiser, pessimistic(q, target, batch, next_actions, actions))
        follow(target, q)

    return step


def diffusion(data, size):
    score = Score(data.s, data.a)
    optimiser = torch.optim.AdamW(score.parameters, lr=RATE, foreach=False)

    def step():
        s, a = data.draw(size, data.observations, data.actions)
        time = torch.rand(size) * 0.999 + 1e-3
        noise = torch.randn_like(a)
        alpha, sigma = schedule(time)
        noisy = alpha.unsqueeze(-1) * a.clamp_(-0.99999, 0.99999) + sigma.unsqueeze(-1) * noise
        minimise(optimiser, (score(noisy, time, s, True) - noise).square().sum() / size)

    return step


def pull(score, action, s):
    """The direction towards the behaviour policy; nothing flows back through it."""
    with torch.no_grad():
        time = torch.rand(BATCH) * 0.96 + 0.02
        noise = torch.randn_like(action)
        alpha, sigma = (x.unsqueeze(-1) for x in schedule(time))
        return (score(alpha * action + sigma * noise, time, s, False) - noise) * sigma * sigma


def guidance(target, action, s):
    """The action gradient of the mean over members; the critic's own gradients are not computed."""
    leaf = action.detach().requires_grad_()
    return torch.autograd.grad(target(s, leaf).sum() / target.members, leaf)[0]


def warm_start(data):
    policy, score = Policy(data.s, data.a), Score(data.s, data.a)
    optimiser = adam(policy.parameters)

    def step():
        s, = data.draw(BATCH, data.observations)
        action = policy(s)
        optimiser.zero_grad(set_to_none=True)
        action.backward(pull(score, action, s) / BATCH)
        optimiser.step()

    return step


def policy_step(data, members, sign):
    policy, score = Policy(data.s, data.a), Score(data.s, data.a)
    target = critic(members, data, trained=False)
    optimiser = adam(policy.parameters)

    def step():
        s, = data.draw(BATCH, data.observations)
        action = policy(s)
        direction = pull(score, action, s) + (0.04 * sign) * guidance(target, action, s)
        optimiser.zero_grad(set_to_none=True)
        action.backward(direction / BATCH)
        optimiser.step()

    return step


def both_step(data):
    policy, score = Policy(data.s, data.a), Score(data.s, data.a)
    reward = critic(2, data, trained=False)
    cost = critic(4, data, trained=False)
    optimiser = adam(policy.parameters)

    def step():
        s, = data.draw(BATCH, data.observations)
        action = policy(s)
        towards = pull(score, action, s)
        of_reward = (towards - 0.04 * guidance(reward, action, s)) / BATCH
        of_cost = (towards + 0.04 * guidance(cost, action, s)) / BATCH
        g = torch.autograd.grad(action, policy.parameters, of_reward, retain_graph=True)
        h = torch.autograd.grad(action, policy.parameters, of_cost)
        a, b = torch.cat([x.flatten() for x in g]), torch.cat([x.flatten() for x in h])
        rr, rc, cc = a.dot(a).item(), a.dot(b).item(), b.dot(b).item()
        wr, wc = (0.5, 0.5) if rc >= 0 else (0.5 - 0.5 * rc / rr, 0.5 - 0.5 * rc / cc)
        combined = (a.mul_(wr).add_(b, alpha=wc)).split([p.numel() for p in policy.parameters])
        for p, part in zip(policy.parameters, combined):
            p.grad = part.view_as(p)
        optimiser.step()

    return step


def adaptation_critics(data):
    policy = Policy(data.s, data.a)
    q, target = critic(2, data), critic(2, data, trained=False)
    cost_q = critic(4, data)
    cost_target = critic(4, data, trained=False)
    of_q, of_cost = adam(q.parameters), adam(cost_q.parameters)

    def step():
        s, a, r, cost, c, later = data.draw(
            BATCH, data.observations, data.actions, data.rewards, data.costs, data.continues,
            data.next_observations)
        a.clamp_(-0.99999, 0.99999)
        with torch.no_grad():
            next_actions, actions = policy(torch.cat([later, s])).split(BATCH)
            y = (r + DISCOUNT * c * target(later, next_actions).amin(0)).clamp_(0, LARGEST)
        minimise(of_q, (q(s, a) - y).square().sum() / BATCH)
        minimise(of_cost, pessimistic(cost_q, cost_target, (s, a, cost, c, later), next_actions, actions))
        follow(target, q)
        follow(cost_target, cost_q)
        with torch.no_grad():
            values = cost_target(s, actions)
            return (values.mean(0) + CONFIDENCE * values.std(0, unbiased=False)).mean().item()

    return step


def acting(data, size):
    policy = Policy(data.s, data.a)
    s = torch.full((size, data.s), 0.1)
    with torch.no_grad():
        # Tracing and freezing leave the least Python in a call.
        act = torch.jit.freeze(torch.jit.trace(policy.net.eval(), s))
        for _ in range(10):
            act(s)

    @torch.inference_mode()
    def step():
        act(s)

    return step


# By the names of the rows in Floors.cs.
STEPS = {
    "behaviour cloning, batch 512": cloning,
    "IQL reward critic (twin Q, V), batch 256": reward_critic,
    "cost critic ensemble of 4, TD with policy action and policy-action penalty, batch 256":
        lambda data: cost_critic(data, 4),
    "cost critic ensemble of 6, TD with policy action and policy-action penalty, batch 256":
        lambda data: cost_critic(data, 6),
    "behaviour diffusion, batch 256": lambda data: diffusion(data, 256),
    "behaviour diffusion, batch 2048": lambda data: diffusion(data, 2048),
    "warm start step, batch 256": warm_start,
    "adaptation, critics and estimate (ensemble of 4), batch 256": adaptation_critics,
    "DRCORL policy step, reward (twin Q), batch 256": lambda data: policy_step(data, 2, -1),
    "DRCORL policy step, cost (ensemble of 4), batch 256": lambda data: policy_step(data, 4, 1),
    "DRCORL policy step, both objectives, batch 256": both_step,
    "act, batch 1": lambda data: acting(data, 1),
    "act, batch 1000": lambda data: acting(data, 1000),
}
