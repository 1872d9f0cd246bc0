using NUnit.Framework;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Probe;

namespace Plimsoll.Numerics.Tests.Kernels;

[TestFixture]
public sealed unsafe class OptimiserTests
{
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
