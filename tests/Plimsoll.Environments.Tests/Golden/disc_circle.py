"""An independent DiscCircle in binary64, to the letter of the law in its documentation.

Prints the numbers of GoldenTests: python3 disc_circle.py
"""
from math import sqrt

x, y, vx, vy = 3.0, -1.5, 0.0, 0.0
total, cost = 0.0, 0


def clip(a):
    return min(1.0, max(-1.0, a))


for t in range(200):
    # Actions are multiples of 1/16, so binary32 holds them.
    ax, ay = ((11 * t) % 37 - 17) / 16, ((7 * t) % 41 - 20) / 16
    drag = 1 + 0.1 * (0.4 + 0.1 * sqrt(vx * vx + vy * vy)) / 1.0
    push = 0.1 * 8.0 / 1.0
    vx, vy = (vx + push * clip(ax)) / drag, (vy + push * clip(ay)) / drag
    x, y = x + 0.1 * vx, y + 0.1 * vy
    total += 0.1 * (y * vx - x * vy) / (1 + abs(sqrt(x * x + y * y) - 7.0))
    cost += abs(x) > 6

print(repr([0.1 * x, 0.1 * y, 0.2 * vx, 0.2 * vy, (sqrt(x * x + y * y) - 7) / 10]), repr(total), cost)
