// What the memory of this machine can do: copy and triad of STREAM (McCalpin), over arrays that no cache holds.
// Prints gigabytes (10^9) per second, the best of several passes, for one thread and for all processors.
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

enum { PASSES = 7 };

static double copy(double *restrict to, const double *restrict from, long count, int threads)
{
    double start = omp_get_wtime();
#pragma omp parallel for num_threads(threads) schedule(static)
    for (long i = 0; i < count; i++)
        to[i] = from[i];
    return omp_get_wtime() - start;
}

static double triad(double *restrict to, const double *restrict one, const double *restrict other, long count,
    int threads)
{
    double start = omp_get_wtime();
#pragma omp parallel for num_threads(threads) schedule(static)
    for (long i = 0; i < count; i++)
        to[i] = one[i] + 3.0 * other[i];
    return omp_get_wtime() - start;
}

int main(int argc, char **argv)
{
    long mebibytes = argc > 1 ? atol(argv[1]) : 64;
    long count = mebibytes * 1024 * 1024 / (long)sizeof(double);
    if (count <= 0) {
        fprintf(stderr, "usage: stream [MIB_PER_ARRAY]\n");
        return 2;
    }
    double *a = malloc(count * sizeof *a), *b = malloc(count * sizeof *b), *c = malloc(count * sizeof *c);
    if (!a || !b || !c) {
        fprintf(stderr, "not enough memory for three arrays of %ld MiB\n", mebibytes);
        return 1;
    }
    int most = omp_get_num_procs();
    // Touched by the threads that use them, so that each page lies where it is used.
#pragma omp parallel for num_threads(most) schedule(static)
    for (long i = 0; i < count; i++) {
        a[i] = 1;
        b[i] = 2;
        c[i] = 0;
    }
    for (int all = 0; all < 2; all++) {
        int threads = all ? most : 1;
        double fastest_copy = 1e9, fastest_triad = 1e9;
        for (int pass = 0; pass < PASSES; pass++) {
            double time = copy(c, a, count, threads);
            fastest_copy = time < fastest_copy ? time : fastest_copy;
            time = triad(a, b, c, count, threads);
            fastest_triad = time < fastest_triad ? time : fastest_triad;
        }
        printf("%s%d thread%s: copy %.1f GB/s, triad %.1f GB/s", all ? "; " : "", threads, threads == 1 ? "" : "s",
               2 * sizeof(double) * count / fastest_copy / 1e9, 3 * sizeof(double) * count / fastest_triad / 1e9);
    }
    printf(" (arrays of %ld MiB)\n", mebibytes);
    return a[count / 2] > 0 ? 0 : 1;
}
