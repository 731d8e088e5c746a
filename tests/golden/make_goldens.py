#!/usr/bin/python3
"""Writes what PyTorch computes into the .txt files beside this script; the C++ tests compare with them.

    /usr/bin/python3 tests/golden/make_goldens.py            writes all files
    /usr/bin/python3 tests/golden/make_goldens.py --check    compares with what is committed instead

Each line is `name type [shape] : values`, row by row; each file's first line says which torch made it.
Numbers are written so that reading them back in their type gives the same bits.
"""
import os
import sys

# One thread and no choice of kernels from outside: the same machine writes the same bits again.
for variable in [v for v in os.environ if v.startswith("OPENBLAS_")]:
    del os.environ[variable]
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

import itertools
import math
import pathlib
import re

import torch
import torch.nn.functional as F
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent
COMMAND = "/usr/bin/python3 tests/golden/make_goldens.py"
SEEDS = [0, 1, 2, 3, 7, 42, 123, 1234, 2024, 4294967295, 12345678901]  # one of them past 32 bits


# ---- random.txt: the stream that torch.manual_seed starts

def random_numbers(out, committed):
    for seed in SEEDS:
        def fresh(name, draw):
            torch.manual_seed(seed)
            out.put(f"{seed}.{name}", draw())

        for n in [1, 10, 1000]:
            fresh(f"rand.{n}", lambda: torch.rand(n))
        for n in [1, 2, 3, 7, 15, 16, 17, 31, 32, 400]:  # below 16 another method is used
            fresh(f"randn.{n}", lambda: torch.randn(n))
        fresh("randn.2000.first64", lambda: torch.randn(2000)[:64])
        fresh("randn.2000.last64", lambda: torch.randn(2000)[-64:])
        for n in [1, 10, 400]:
            fresh(f"uniform.{n}", lambda: torch.empty(n).uniform_(-0.57735, 0.57735))
        fresh("randint.0_10", lambda: torch.randint(0, 10, (50,)))
        fresh("randint.-3_1000", lambda: torch.randint(-3, 1000, (50,)))
        for n in [1, 5, 100]:
            fresh(f"randperm.{n}", lambda: torch.randperm(n))
        for inputs, outputs in [(3, 64), (64, 2)]:
            fresh(f"linear.{inputs}_{outputs}.weight", lambda: nn.Linear(inputs, outputs).weight)
            fresh(f"linear.{inputs}_{outputs}.bias", lambda: nn.Linear(inputs, outputs).bias)
        fresh("embedding.10_4", lambda: nn.Embedding(10, 4).weight)

        # What one call leaves behind for the next: the place in the stream, and a kept normal.
        torch.manual_seed(seed)
        for step, (name, draw) in enumerate([
                ("rand.3", lambda: torch.rand(3)),
                ("randn.5", lambda: torch.randn(5)),  # draws 6, keeps one
                ("rand.700", lambda: torch.rand(700)),  # past the twister's 624 words
                ("randn.1", lambda: torch.randn(1)),  # the kept one
                ("randn.40", lambda: torch.randn(40)),
                ("randn.17", lambda: torch.randn(17)),
                ("randint.0_10", lambda: torch.randint(0, 10, (5,))),
                ("randperm.7", lambda: torch.randperm(7)),
                ("uniform.6", lambda: torch.empty(6).uniform_(-0.57735, 0.57735)),
                ("randn.3", lambda: torch.randn(3)),  # keeps one
                ("randn.16", lambda: torch.randn(16)),  # does not use it
                ("randn.2", lambda: torch.randn(2))]):  # does
            out.put(f"{seed}.sequence.{step}.{name}", draw())


# ---- ops.txt: every operation, with the gradients of its inputs

def uniform(shape, low=-2.0):
    """From [low, low + 4), float64, exact in float32, and, unlike randn, the same on all machines."""
    return (torch.rand(shape) * 4 + low).double()


def away_from_zero(shape):
    x = uniform(shape)
    return (x.abs() + 0.5).copysign(x).float().double()


SPECIAL = torch.tensor([math.nan, math.inf, -math.inf, 0.0, -0.0, 1e-40, 100.0, -100.0])


def case(out, name, expression, *inputs, upstream=None, **constants):
    """Writes inputs a, b, c (shapes stand for random numbers), the expression's value, an upstream
    gradient and what backward() makes of it."""
    inputs = {letter: (uniform(x) if isinstance(x, tuple) else x.clone()).requires_grad_()
              for letter, x in zip("abc", inputs)}
    value = eval(expression, {"torch": torch, "F": F}, {**inputs, **constants})
    out.comment(f"{name}: {expression}")
    for key, x in {**inputs, **constants}.items():
        out.put(f"{name}.{key}", x)
    out.put(f"{name}.out", value)
    if not value.requires_grad:  # argmax
        return
    if upstream is None:
        upstream = uniform(value.shape)
    value.backward(upstream)
    out.put(f"{name}.upstream", upstream)
    for letter, x in inputs.items():
        out.put(f"{name}.grad_{letter}", x.grad)


def operations(out, committed):
    torch.manual_seed(1)

    broadcasts = {"equal": ((2, 3), (2, 3)), "row": ((2, 3), (3,)), "column": ((2, 3), (2, 1)),
                  "outer": ((4, 1), (1, 5)), "rank3": ((2, 1, 3), (4, 1)),
                  "scalar_left": ((), (2, 3)), "scalar_right": ((2, 3), ()), "scalars": ((), ()),
                  "empty": ((0, 3), (1, 3))}
    for name, sign in [("add", "+"), ("sub", "-"), ("mul", "*"), ("div", "/")]:
        for kind, (a, b) in broadcasts.items():
            case(out, f"{name}.{kind}", f"a {sign} b", a, away_from_zero(b))
        case(out, f"{name}.same", f"a {sign} a", away_from_zero((2, 3)))
        case(out, f"{name}.number_right", f"a {sign} 2.5", (2, 3))
        case(out, f"{name}.number_left", f"2.5 {sign} a", away_from_zero((2, 3)))

    for name in ["neg", "relu", "tanh", "sigmoid", "exp", "sin", "cos", "square", "abs"]:
        case(out, f"{name}.plain", f"torch.{name}(a)", away_from_zero((3, 5)))
    case(out, "silu.plain", "F.silu(a)", (3, 5))
    for name in ["log", "sqrt"]:
        case(out, f"{name}.plain", f"torch.{name}(a)", uniform((3, 5), 0.125))
    case(out, "pow.2.5", "torch.pow(a, 2.5)", uniform((3, 5), 0.125))
    for exponent in [3, 0, -1]:
        case(out, f"pow.{exponent}", f"torch.pow(a, {exponent})", away_from_zero((3, 5)))
    case(out, "clamp.plain", "torch.clamp(a, -1, 1.25)", (3, 5))
    case(out, "clamp.ends", "torch.clamp(a, -1, 1.25)", torch.tensor([-1.5, -1, 0, 1.25, 1.5]).double())

    for kind, a, b in [("square", (3, 3), (3, 3)), ("ones", (1, 1), (1, 1)),
                       ("plain", (3, 4), (4, 5)), ("outer", (7, 1), (1, 9)), ("inner", (1, 9), (9, 1)),
                       ("empty", (0, 3), (3, 2)), ("tall", (19, 17), (17, 2))]:
        case(out, f"matmul.{kind}", "a @ b", a, b)
    case(out, "matmul.same", "a @ a", (3, 3))
    for kind, x, outputs in [("plain", (3, 4), 2), ("rank1", (4,), 2), ("rank3", (2, 3, 4), 5),
                             ("one_row", (1, 3), 4), ("wide", (5, 33), 17)]:
        weight, bias = uniform((outputs, x[-1])), uniform((outputs,))
        case(out, f"linear.{kind}", "F.linear(a, b, c)", x, weight, bias)
    case(out, "linear.no_bias", "F.linear(a, b)", (3, 4), (2, 4))

    for name in ["sum", "mean"]:
        case(out, f"{name}.all", f"a.{name}()", (3, 4))
        case(out, f"{name}.all_rank0", f"a.{name}()", ())
        case(out, f"{name}.all_empty", f"a.{name}()", (0, 3))
        case(out, f"{name}.empty_dim0", f"a.{name}(0)", (0, 3))
    case(out, "max.all", "a.max()", (3, 4))
    case(out, "max.all_ties", "a.max()", torch.tensor([[1.0, 3, 2], [3, 0, 3]]).double())
    case(out, "max.dim1_ties", "a.max(1)[0]", torch.tensor([[1.0, 3, 3], [2, 2, 0]]).double())
    case(out, "argmax.dim1_ties", "a.argmax(1)", torch.tensor([[1.0, 3, 3], [2, 2, 0]]).double())
    for name, value in [("sum", ""), ("mean", ""), ("max", "[0]"), ("argmax", "")]:
        for shape, dims in [((3, 4), [0, 1, -1]), ((2, 3, 4), [0, 1, 2])]:
            for dim in dims:
                kind = f"rank{len(shape)}_dim{dim}"
                case(out, f"{name}.{kind}", f"a.{name}({dim}){value}", shape)
                case(out, f"{name}.{kind}_keepdim", f"a.{name}({dim}, keepdim=True){value}", shape)

    case(out, "transpose.rank2", "a.transpose(0, 1)", (3, 4))
    case(out, "transpose.rank3_1_2", "a.transpose(1, 2)", (2, 3, 4))
    case(out, "transpose.rank3_0_-1", "a.transpose(0, -1)", (2, 3, 4))
    case(out, "reshape.rank2", "a.reshape(3, 4)", (2, 6))
    case(out, "reshape.minus1", "a.reshape(2, -1)", (12,))
    case(out, "reshape.rank0", "a.reshape(())", (1, 1))
    case(out, "expand.row", "a.expand(2, 3)", (3,))
    case(out, "expand.column", "a.expand(2, 3)", (2, 1))
    case(out, "expand.rank0", "a.expand(2, 3)", ())
    case(out, "cat.two_dim0", "torch.cat([a, b], 0)", (2, 3), (1, 3))
    case(out, "cat.two_dim1", "torch.cat([a, b], 1)", (3, 2), (3, 1))
    case(out, "cat.three_dim0", "torch.cat([a, b, c], 0)", (2, 3), (1, 3), (4, 3))
    case(out, "cat.three_dim1", "torch.cat([a, b, c], 1)", (3, 2), (3, 1), (3, 1))
    case(out, "cat.same", "torch.cat([a, a], 1)", (3, 2))
    case(out, "cat.rank1", "torch.cat([a, b], 0)", (2,), (3,))
    case(out, "cat.empty", "torch.cat([a, b], 0)", (0, 3), (2, 3))
    case(out, "slice.dim0", "a[1:3]", (4, 3))
    case(out, "slice.dim1", "a[:, 0:2]", (4, 3))
    case(out, "slice.last", "a[:, 2:3]", (4, 3))
    case(out, "slice.empty", "a[2:2]", (4, 3))
    case(out, "slice.rank3_dim1", "a[:, 1:3]", (2, 3, 4))
    case(out, "index_select.repeats", "a.index_select(0, index)", (4, 3),
         index=torch.tensor([2, 0, 2, 3, 2]))
    case(out, "index_select.rank1", "a.index_select(0, index)", (4,), index=torch.tensor([3, 3, 1]))

    large = torch.tensor([[1000.0, 0, -1000], [-2000, -2001, -1999]]).double()
    for name in ["softmax", "log_softmax"]:
        case(out, f"{name}.dim0", f"torch.{name}(a, 0)", (3, 4))
        case(out, f"{name}.dim1", f"torch.{name}(a, 1)", (3, 4))
        case(out, f"{name}.rank1", f"torch.{name}(a, 0)", (5,))
        case(out, f"{name}.rank3_dim-1", f"torch.{name}(a, -1)", (2, 3, 4))
        case(out, f"{name}.large", f"torch.{name}(a, 1)", large)
    case(out, "mse_loss.rank2", "F.mse_loss(a, b)", (5, 2), (5, 2))
    case(out, "mse_loss.rank0", "F.mse_loss(a, b)", (), ())
    case(out, "mse_loss.same", "F.mse_loss(a, a)", (3, 2))
    case(out, "cross_entropy.plain", "F.cross_entropy(a, target)", (5, 4),
         target=torch.tensor([3, 0, 1, 1, 2]))
    case(out, "cross_entropy.large", "F.cross_entropy(a, target)", large, target=torch.tensor([1, 0]))

    out.comment("Special values, in float32: NaN, infinities, zeros, a number below the normal range.")
    def special(name, expression, *inputs, upstream=None):
        shape = eval(expression, {"torch": torch, "F": F}, dict(zip("ab", inputs))).shape
        if upstream is None:
            upstream = torch.ones(shape)
        case(out, f"{name}.special", expression, *inputs, upstream=upstream)
    for name in ["relu", "exp", "log", "sqrt", "tanh", "sigmoid", "abs", "square", "sin", "cos", "neg"]:
        special(name, f"torch.{name}(a)", SPECIAL)
    special("silu", "F.silu(a)", SPECIAL)
    special("clamp", "torch.clamp(a, -1.5, 2)", SPECIAL)
    for exponent in ["2.5", "3", "0", "-1"]:
        special(f"pow.{exponent}", f"torch.pow(a, {exponent})", SPECIAL)
    pairs = torch.tensor(list(itertools.product(SPECIAL.tolist(), repeat=2)))
    special("div", "a / b", pairs[:, 0], pairs[:, 1])
    special("mul", "a * b", pairs[:, 0], pairs[:, 1])
    special("max.all", "a.max()", SPECIAL)
    rows = torch.tensor([[math.nan, 1, 2], [1, math.nan, math.inf], [-math.inf] * 3, [-0.0, 0, -1],
                         [1e-40, 0, -math.inf], [1, math.inf, math.inf]])
    special("max.dim1", "a.max(1)[0]", rows)
    special("argmax.dim1", "a.argmax(1)", rows)
    logits = torch.tensor([[1, math.nan, 2], [-math.inf] * 3, [math.inf, 0, 1], [-math.inf, 1, 2],
                           [0, -0.0, 1e-40], [100, -100, 0]])
    upstream = torch.tensor([-1.0, -2, 4]).expand(6, 3)  # ones would cancel to rounding
    for name in ["softmax", "log_softmax"]:
        special(name, f"torch.{name}(a, 1)", logits, upstream=upstream)
        special(f"{name}.columns", f"torch.{name}(a, 0)", logits.T.contiguous(),
                upstream=upstream.T.contiguous())
    for row, kind in enumerate(["nan", "all_minus_infinity", "infinity", "minus_infinity", "zeros", "far"]):
        special(f"cross_entropy.{kind}", "F.cross_entropy(a, torch.tensor([0]))", logits[row:row + 1])
    special("cross_entropy.one_class", "F.cross_entropy(a, torch.tensor([0, 0]))", logits[2:4, 1:2])
    special("cross_entropy.no_rows", "F.cross_entropy(a, torch.tensor([], dtype=torch.long))",
            logits[:0])

    # Last, because whatever draws random numbers moves those behind it.
    def linear_relu(kind, expression, *shapes):
        """Inputs of which no sum lies near the kink."""
        while True:
            inputs = [uniform(shape) for shape in shapes]
            if F.linear(*inputs).abs().min() > 0.01:
                return case(out, f"linear_relu.{kind}", expression, *inputs)
    for kind, x, outputs in [("plain", (3, 4), 2), ("rank1", (4,), 2), ("rank3", (2, 3, 4), 5),
                             ("one_row", (1, 3), 4), ("wide", (5, 33), 17)]:
        linear_relu(kind, "F.relu(F.linear(a, b, c))", x, (outputs, x[-1]), (outputs,))
    linear_relu("no_bias", "F.relu(F.linear(a, b))", (3, 4), (2, 4))


# ---- modules.txt: optimisers and a network

def modules(out, committed):
    torch.manual_seed(2)
    steps, shapes = 20, {"a": (5, 3), "b": (7,)}
    grads = {name: uniform((steps, *shape)).float() for name, shape in shapes.items()}
    start = {name: uniform(shape).float() for name, shape in shapes.items()}
    for name in shapes:
        out.put(f"optim.start_{name}", start[name])
        out.put(f"optim.grads_{name}", grads[name])

    def optimise(name, make, skipped=()):
        """Parameters after each of 20 steps, stacked; b has no gradient in the skipped steps."""
        params = {key: nn.Parameter(start[key].clone()) for key in shapes}
        optimiser = make(params.values())
        after = {key: [] for key in shapes}
        for step in range(steps):
            for key, p in params.items():
                p.grad = None if key == "b" and step in skipped else grads[key][step].clone()
            optimiser.step()
            for key, p in params.items():
                after[key].append(p.detach().clone())
        for key in shapes:
            out.put(f"{name}.after_{key}", torch.stack(after[key]))

    optimise("adam.lr0.001", lambda p: torch.optim.Adam(p, lr=1e-3))
    optimise("adam.lr0.01", lambda p: torch.optim.Adam(p, lr=1e-2))
    optimise("adam.options", lambda p: torch.optim.Adam(p, lr=1e-2, betas=(0.8, 0.99), eps=1e-3))
    out.put("adam.skip.steps", torch.tensor([0, 1, 5, 19]))  # b has no gradient in these steps
    optimise("adam.skip", lambda p: torch.optim.Adam(p, lr=1e-2), skipped=[0, 1, 5, 19])
    optimise("adamw.weight_decay0.1", lambda p: torch.optim.AdamW(p, lr=1e-2, weight_decay=0.1))
    optimise("adamw.default", lambda p: torch.optim.AdamW(p))
    optimise("adamw.options", lambda p: torch.optim.AdamW(
        p, lr=1e-2, betas=(0.8, 0.99), eps=1e-3, weight_decay=1))
    optimise("sgd.plain", lambda p: torch.optim.SGD(p, lr=1e-2))
    optimise("sgd.momentum0.9", lambda p: torch.optim.SGD(p, lr=1e-2, momentum=0.9))
    optimise("sgd.weight_decay0.1", lambda p: torch.optim.SGD(p, lr=1e-2, weight_decay=0.1))
    optimise("sgd.both", lambda p: torch.optim.SGD(p, lr=1e-2, momentum=0.9, weight_decay=0.1))

    # The learning rate in force at each step: T_max 20, from 1e-2 down to 1e-4, up again, and down.
    sgd = torch.optim.SGD([torch.zeros(1)], lr=1e-2)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(sgd, T_max=20, eta_min=1e-4)
    rates = [1e-2]
    for _ in range(50):
        sgd.step()
        cosine.step()
        rates.append(cosine.get_last_lr()[0])
    out.put("cosine.lr", torch.tensor(rates, dtype=torch.float64))

    mlp = nn.Sequential(nn.Linear(3, 64), nn.ReLU(), nn.Linear(64, 2))
    x = uniform((7, 3)).float().requires_grad_()
    upstream = uniform((7, 2)).float()
    y = mlp(x)
    y.backward(upstream)
    out.put("mlp.x", x)
    put_all(out, "mlp.param.", mlp)
    out.put("mlp.y", y)
    out.put("mlp.upstream", upstream)
    out.put("mlp.grad.x", x.grad)
    for name, p in mlp.named_parameters():
        out.put(f"mlp.grad.{name}", p.grad)


def put_all(out, prefix, model):
    for name, p in model.named_parameters():
        out.put(prefix + name, p)


# ---- unconditional.txt, conditional.txt: the note's two programs

def sine_curve(n):
    """Points (n, 2) on y = sin x, and which tenth of the x range each is in."""
    x = torch.linspace(0, 4 * math.pi, n, dtype=torch.float64)
    tag = torch.floor(x / (4 * math.pi / 10)).clamp(max=9)
    return torch.stack([x, torch.sin(x)], 1).float(), tag.float().reshape(n, 1)


class Training:
    """The note's program: fresh noise and times in every step."""

    def __init__(self, seed, x1, tag, lr):
        self.x1, self.tag = x1, tag  # without tags, tag is None
        torch.manual_seed(seed)
        inputs = 3 if tag is None else 4
        self.model = nn.Sequential(nn.Linear(inputs, 64), nn.ReLU(), nn.Linear(64, 2))
        self.adam = torch.optim.Adam(self.model.parameters(), lr=lr)

    def step(self):
        n = len(self.x1)
        self.x0 = torch.randn(n, 2)
        self.t = torch.rand(n, 1)
        xt = (1 - self.t) * self.x0 + self.t * self.x1
        loss = F.mse_loss(velocity(self.model, xt, self.t, self.tag), self.x1 - self.x0)
        self.adam.zero_grad()
        loss.backward()
        self.adam.step()
        self.loss = loss.detach()
        return self.loss

    def state(self):
        """Parameters and Adam's memory, by name; before the first step PyTorch has none: zeros."""
        values = {}
        for name, p in self.model.named_parameters():
            adam = self.adam.state.get(p, {})
            values[f"param.{name}"] = p.detach().clone()
            for moment in ["exp_avg", "exp_avg_sq"]:
                values[f"{moment}.{name}"] = adam.get(moment, torch.zeros_like(p)).clone()
            values["adam_step"] = torch.as_tensor(adam.get("step", 0.0)).clone()
        return values

    def set_state(self, values):
        for name, p in self.model.named_parameters():
            p.data.copy_(values[f"param.{name}"])
            self.adam.state[p] = {"step": values["adam_step"].clone(),
                                  "exp_avg": values[f"exp_avg.{name}"].clone(),
                                  "exp_avg_sq": values[f"exp_avg_sq.{name}"].clone()}


def velocity(model, x, t, tag):
    return model(torch.cat([x, t] if tag is None else [x, t, tag], 1))


def trainings(out, committed, x1, tag, lr, stored):
    """100 losses for each seed; for seed 42 single steps far out, with all that goes in and comes out."""
    out.put("points", x1)
    if tag is not None:
        out.put("tags", tag)
    for seed in SEEDS:
        run = Training(seed, x1, tag, lr)
        out.put(f"losses.{seed}", torch.stack([run.step() for _ in range(100)]))

    run = Training(42, x1, tag, lr)
    for step in range(max(stored) + 1):
        if step not in stored:
            run.step()
            continue
        prefix = f"step{step}."
        if committed and step > 0:
            # Rounding decides where so many steps lead: to check, repeat the step from the committed
            # state. The loss, gradients and parameters after it give a wrong state away.
            state = {k.removeprefix(prefix): v for k, v in committed.items() if k.startswith(prefix)}
            if missing := [k for k, p in run.state().items()
                           if k not in state or state[k].shape != p.shape]:
                sys.exit(f"{out.file}: no {prefix}{missing[0]} of the right shape committed")
            far = max((p - state[k]).abs().max().item() for k, p in run.state().items())
            if far > 1e-6:
                print(f"{out.file}: by {prefix[:-1]} this machine's state is {far:.1g} off the committed "
                      "one (rounding); going on from the committed one")
            run.set_state(state)
        for name, value in run.state().items():
            out.put(prefix + name, value)
        run.step()
        out.put(prefix + "x0", run.x0)
        out.put(prefix + "t", run.t)
        out.put(prefix + "loss", run.loss)
        for name, p in run.model.named_parameters():
            out.put(f"{prefix}grad.{name}", p.grad)
        put_all(out, prefix + "after.", run.model)


def unconditional(out, committed):
    x1, _ = sine_curve(200)
    trainings(out, committed, x1, None, 1e-2, [0, 100, 1000, 10000])


def conditional(out, committed):
    x1, tag = sine_curve(1000)
    trainings(out, committed, x1, tag, 1e-3, [0, 100, 1000, 4900])


# ---- samplers.txt: from noise to data with the trained networks

def euler(v, x, t, h):
    return x + h * v(x, t)


def midpoint(v, x, t, h):
    return x + h * v(x + h / 2 * v(x, t), t + h / 2)


def heun(v, x, t, h):
    k1 = v(x, t)
    return x + h / 2 * (k1 + v(x + h * k1, t + h))


def rk4(v, x, t, h):
    k1 = v(x, t)
    k2 = v(x + h / 2 * k1, t + h / 2)
    k3 = v(x + h / 2 * k2, t + h / 2)
    k4 = v(x + h * k3, t + h)
    return x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


@torch.no_grad()
def trajectory(model, x, tag, solver, steps):
    def v(x, t):  # t is a Python number, so double, and rounded to float here
        return velocity(model, x, torch.full((len(x), 1), t), tag)
    states = [x]
    for k in range(steps):
        states.append(solver(v, states[-1], k / steps, 1 / steps))
    return torch.stack(states)


def samplers(out, committed):
    def trained(file, prefix, inputs):
        model = nn.Sequential(nn.Linear(inputs, 64), nn.ReLU(), nn.Linear(64, 2))
        model.load_state_dict({name: out.others[file][prefix + name] for name in model.state_dict()})
        return model

    torch.manual_seed(0)
    x0 = torch.randn(16, 2)
    out.put("x0", x0)
    model = trained("unconditional.txt", "step1000.param.", 3)
    put_all(out, "net.", model)
    for solver, steps in [(euler, 50), (midpoint, 25), (heun, 25), (rk4, 13)]:
        out.put(f"{solver.__name__}{steps}.states", trajectory(model, x0, None, solver, steps))

    model = trained("conditional.txt", "step4900.param.", 4)
    put_all(out, "conditional.net.", model)
    for tag in range(10):
        states = trajectory(model, x0, torch.full((16, 1), float(tag)), euler, 50)
        out.put(f"conditional.euler50.tag{tag}.final", states[-1])


# ---- files

FILES = {"random.txt": random_numbers, "ops.txt": operations, "modules.txt": modules,
         "unconditional.txt": unconditional, "conditional.txt": conditional, "samplers.txt": samplers}

# What --check allows, absolute in random.txt and elsewhere relative to the largest number of the
# tensor, by the first pattern that fits `file/name`. rand and the integers must be exact; uniform_
# has one rounding more on machines without fused multiply-add; the rest depends on the vector width
# of randn, exp and the matrix product. Gradients of a nearly trained network are small differences
# of large sums.
TOLERANCES = [(r"random.txt/.*(randn|embedding)", 4e-6),
              (r"random.txt/.*(uniform|linear)", 1e-7),
              (r"random.txt/", 0),
              (r"ops.txt/.*special", 1e-6),
              (r"ops.txt/", 1e-12),
              (r"/step.*grad", 3e-5),
              (r"", 1e-5)]


TYPES = {"float": torch.float32, "double": torch.float64, "int": torch.int64}


class Golden:
    """One file in the making: its lines, and the tensors in them."""

    def __init__(self, file, others):
        self.file, self.others, self.tensors = file, others, {}
        self.lines = [f"# torch {torch.__version__}, made by: {COMMAND}"]

    def comment(self, text):
        self.lines.append(f"# {text}")

    def put(self, name, tensor):
        assert name not in self.tensors and " " not in name, name
        tensor = self.tensors[name] = tensor.detach().clone()
        type_name = next(t for t, dtype in TYPES.items() if dtype == tensor.dtype)
        # 9 digits give a float back exactly; repr gives a double.
        form = "%.9g".__mod__ if type_name == "float" else repr
        shape = ",".join(map(str, tensor.shape))
        values = map(form, tensor.flatten().tolist())
        self.lines.append(" ".join([name, type_name, f"[{shape}]", ":", *values]))


def read(file):
    tensors = {}
    for number, line in enumerate((HERE / file).read_text().splitlines(), 1):
        if line.startswith("#"):
            continue
        try:
            head, values = line.split(" :")
            name, type_name, shape = head.split()
            shape = [int(n) for n in shape[1:-1].split(",") if n]
            values = [float(v) for v in values.split()]
            tensors[name] = torch.tensor(values, dtype=TYPES[type_name]).reshape(shape)
        except (KeyError, ValueError, RuntimeError) as error:
            sys.exit(f"{file}, line {number}: {error}")
    return tensors


def first_difference(file, made, committed):
    """The first name, shape or number that differs by more than the tolerance; None if there is none."""
    if list(made) != list(committed):
        odd = sorted(set(made) ^ set(committed)) or ["(only their order)"]
        return f"{file}: other names, first of them {odd[0]}"
    for name, tensor in made.items():
        a, b = tensor, committed[name]
        if (a.dtype, a.shape) != (b.dtype, b.shape):
            return (f"{file}: {name} is {a.dtype} {list(a.shape)} here, "
                    f"{b.dtype} {list(b.shape)} committed")
        tolerance = next(t for pattern, t in TOLERANCES if re.search(pattern, f"{file}/{name}"))
        largest = max(map(abs, a[a.isfinite()].tolist()), default=0)
        allowed = tolerance if file == "random.txt" else tolerance * largest
        for i, (x, y) in enumerate(zip(a.flatten().tolist(), b.flatten().tolist())):
            same = x == y or (math.isnan(x) and math.isnan(y))
            if not same and not abs(x - y) <= allowed:
                return (f"{file}: {name}, element {i}: {x!r} here, {y!r} committed; "
                        f"allowed difference {allowed:.1g}")
    return None


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    check = len(sys.argv) > 1
    torch.set_num_threads(1)
    made = {}
    for file, make in FILES.items():
        committed = read(file) if check else None
        golden = Golden(file, made)
        make(golden, committed)
        made[file] = golden.tensors
        if not check:
            (HERE / file).write_text("\n".join(golden.lines) + "\n")
            continue
        difference = first_difference(file, golden.tensors, committed)
        if difference:
            sys.exit(difference)
        same = (HERE / file).read_text().splitlines() == golden.lines
        print(f"{file}: {'identical' if same else 'equal within tolerance'}")


if __name__ == "__main__":
    main()
