using NUnit.Framework;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Probe;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Tests.Kernels;

[TestFixture]
public sealed unsafe class OptimiserTests
{
    [Test]
    public void Steps_equal_the_reference_at_every_length()
    {
        for (int n = 0; n <= 257; n++)
        {
            using var p = new GuardedBuffer(Samples.Plain(n, 1), n % 3);
            using var m = new GuardedBuffer(Samples.Plain(n, 2), n % 5);
            using var v = new GuardedBuffer(Samples.Plain(n, 3).Select(MathF.Abs).ToArray(), n % 7);
            using var g = new GuardedBuffer(Samples.Plain(n, 4), 1);
            using var ep = new GuardedBuffer(p.Span);
            using var em = new GuardedBuffer(m.Span);
            using var ev = new GuardedBuffer(v.Span);
            Optimisers.Adam(p.Data, m.Data, v.Data, g.Data, n, 3e-4, 0.9, 0.999, 1e-8, 0.1, 0.001, 0.01, 0.5f);
            ReferenceOptimisers.Adam(
                ep.Data, em.Data, ev.Data, g.Data, n, 3e-4, 0.9, 0.999, 1e-8, 0.1, 0.001, 0.01, 0.5f);
            Optimisers.Sgd(p.Data, g.Data, n, 0.1, 0.5f);
            ReferenceOptimisers.Sgd(ep.Data, g.Data, n, 0.1, 0.5f);
            Optimisers.Polyak(m.Data, p.Data, n, 0.005);
            ReferenceOptimisers.Polyak(em.Data, ep.Data, n, 0.005);
            Equality.AssertSameBits(p.Span, ep.Span, $"parameters, length {n}");
            Equality.AssertSameBits(m.Span, em.Span, $"first moments, length {n}");
            Equality.AssertSameBits(v.Span, ev.Span, $"second moments, length {n}");
        }
    }

    [TestCase(0.0)]
    [TestCase(0.01)]
    public void Adam_follows_the_published_update_over_many_steps(double weightDecay)
    {
        const double lr = 1e-2, beta1 = 0.9, beta2 = 0.999, eps = 1e-8;
        float[] p = Samples.Plain(7, 1);
        float[] m = new float[7], v = new float[7];
        double[] ep = [.. p.Select(x => (double)x)], em = new double[7], ev = new double[7];
        fixed (float* pp = p, pm = m, pv = v)
        {
            for (int k = 1; k <= 200; k++)
            {
                float[] g = Samples.Plain(7, k);
                double bias1 = 1 - Math.Pow(beta1, k), bias2 = 1 - Math.Pow(beta2, k);
                fixed (float* pg = g)
                {
                    Optimisers.Adam(pp, pm, pv, pg, 7, lr, beta1, beta2, eps, bias1, bias2, weightDecay, 1f);
                }

                for (int i = 0; i < 7; i++)
                {
                    ep[i] *= 1 - lr * weightDecay;
                    em[i] = beta1 * em[i] + (1 - beta1) * g[i];
                    ev[i] = beta2 * ev[i] + (1 - beta2) * g[i] * g[i];
                    ep[i] -= lr * (em[i] / bias1) / (Math.Sqrt(ev[i] / bias2) + eps);
                }
            }
        }

        for (int i = 0; i < 7; i++)
        {
            // 200 steps of about 1e-2, each off by a few units of 2^-24 of its own size or of the parameter's.
            Assert.That(p[i], Is.EqualTo(ep[i]).Within(2e-5));
        }
    }
}
