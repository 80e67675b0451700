/* The time of day, wrong by as many seconds as a file says.
 *
 * Preloaded into the processes of one machine (LD_PRELOAD), it stands between them and
 * the C library: Python, SQLite and PostgreSQL ask it alike. CHAOS_CLOCK names the file,
 * a double of eight bytes. Monotonic clocks go on as they do on a real machine.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile double *ahead;
static int (*true_clock)(clockid_t, struct timespec *);

__attribute__((constructor)) static void look(void)
{
    const char *path = getenv("CHAOS_CLOCK");
    int file = path ? open(path, O_RDONLY) : -1;
    true_clock = dlsym(RTLD_NEXT, "clock_gettime");
    if (file < 0)
        return;
    void *page = mmap(NULL, sizeof(double), PROT_READ, MAP_SHARED, file, 0);
    ahead = page == MAP_FAILED ? NULL : page;
    close(file);
}

int clock_gettime(clockid_t which, struct timespec *now)
{
    if (!true_clock)
        true_clock = dlsym(RTLD_NEXT, "clock_gettime");
    int code = true_clock(which, now);
    if (!code && ahead && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE))
        now->tv_sec += (time_t)*ahead;
    return code;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec precise;
    (void)zone;
    int code = clock_gettime(CLOCK_REALTIME, &precise);
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return code;
}

time_t time(time_t *out)
{
    struct timespec precise;
    clock_gettime(CLOCK_REALTIME, &precise);
    if (out)
        *out = precise.tv_sec;
    return precise.tv_sec;
}
