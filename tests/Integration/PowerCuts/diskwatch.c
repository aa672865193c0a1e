/*
 * Preloaded into a process (LD_PRELOAD), stands between it and the disk for everything under DISKWATCH_ROOT.
 *
 * Recording: with DISKWATCH_TRACE set, each call that changes files or makes them durable is appended to that file, in
 * the order in which it took effect. Calls and their records happen under one lock.
 * Failing: DISKWATCH_FAIL_SYNC names the sync of a file, counted from 1, that meets EIO. diskwatch_fail makes the n-th
 * call that can meet an error meet it; diskwatch_calls tells how many could.
 *
 * Built with: gcc -shared -fPIC -O2 -o diskwatch.so diskwatch.c
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { FDS = 1 << 16, PATHS = 4096 };

/* Read by Trace.cs. */
enum { OPEN = 1, CLOSE, WRITE, TRUNCATE, SYNC, RENAME, UNLINK, LINK, MKDIR, RMDIR, UNKNOWN, FAILED_SYNC };
struct record { uint8_t op, created; uint16_t path, other; uint16_t none; int32_t fd; uint32_t data; int64_t at; };

/* What can go wrong with a call. */
enum { READS = 1, WRITES = 2, OPENS = 4, MAKES = 8, REMOVES = 16, SYNCS = 32 };

#define NEXT(name) static __typeof__(name) *next; if (!next) next = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char tracked[FDS];
static int trace = -1;
static const char *root;
static size_t root_length;
static long calls, fail_at, fail_more;
static int fail_with, fail_only;

__attribute__((constructor)) static void start(void) {
  const char *path = getenv("DISKWATCH_TRACE");
  root = getenv("DISKWATCH_ROOT");
  root_length = root ? strlen(root) : 0;
  const char *sync = getenv("DISKWATCH_FAIL_SYNC");
  if (sync) fail_at = atol(sync), fail_with = EIO, fail_only = SYNCS;
  if (path) trace = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int under_root(const char *path) {
  return root && !strncmp(path, root, root_length) && (path[root_length] == '/' || !path[root_length]);
}

static int is_tracked(int fd) { return fd >= 0 && fd < FDS && tracked[fd]; }

static void put(const void *bytes, size_t length) {
  NEXT(write);
  while (length) {
    ssize_t done = next(trace, bytes, length);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) abort();
    bytes = (const char *)bytes + done, length -= (size_t)done;
  }
}

static void note(int op, int created, int fd, int64_t at, const char *path, const char *other,
                 const void *data, size_t length) {
  if (trace < 0) return;
  int before = errno;
  struct record r = { (uint8_t)op, (uint8_t)created, (uint16_t)(path ? strlen(path) : 0),
                      (uint16_t)(other ? strlen(other) : 0), 0, fd, (uint32_t)length, at };
  put(&r, sizeof r);
  put(path, r.path), put(other, r.other), put(data, length);
  errno = before;
}

/* With the lock held: true when this call must fail now. */
static int fails(int kind) {
  int can = fail_only ? kind & fail_only
    : fail_with == EIO ? kind
    : fail_with == ENOSPC ? kind & (WRITES | MAKES | SYNCS)
    : fail_with == EMFILE ? kind & OPENS : 0;
  if (!can) return 0;
  calls++;
  if (calls != fail_at && !(fail_more && fail_at && calls > fail_at)) return 0;
  errno = fail_with;
  return 1;
}

/* Fails call n and, where more is set, all that follow; n = 0 only counts. */
void diskwatch_fail(long n, int error, int more) {
  pthread_mutex_lock(&lock);
  calls = 0, fail_at = n, fail_with = error, fail_more = more, fail_only = 0;
  pthread_mutex_unlock(&lock);
}

long diskwatch_calls(void) { return calls; }

static int opened(const char *path, int flags, mode_t mode, int (*next)(const char *, int, ...)) {
  if (!under_root(path)) return next(path, flags, mode);
  pthread_mutex_lock(&lock);
  struct stat before;
  int saved = errno, created = flags & O_CREAT && lstat(path, &before) != 0, fd = -1;
  errno = saved;
  if (!fails(OPENS | (created ? MAKES : 0))) {
    fd = next(path, flags, mode);
    if (fd >= 0 && fd < FDS) {
      tracked[fd] = 1;
      note(OPEN, created, fd, 0, path, NULL, NULL, 0);
      if (flags & O_TRUNC && !created) note(TRUNCATE, 0, fd, 0, NULL, NULL, NULL, 0);
    }
  }
  pthread_mutex_unlock(&lock);
  return fd;
}

#define OPENING(name)                                         \
  int name(const char *path, int flags, ...) {                \
    NEXT(name);                                               \
    va_list rest;                                             \
    va_start(rest, flags);                                    \
    mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0; \
    va_end(rest);                                             \
    return opened(path, flags, mode, next);                   \
  }
OPENING(open)
OPENING(open64)

int close(int fd) {
  NEXT(close);
  if (!is_tracked(fd)) return next(fd);
  pthread_mutex_lock(&lock);
  tracked[fd] = 0;
  note(CLOSE, 0, fd, 0, NULL, NULL, NULL, 0);
  int result = next(fd);
  pthread_mutex_unlock(&lock);
  return result;
}

/* A call on a tracked file: fails where it must, else happens and is noted. */
#define ON_FILE(type, kind, call, noted)                       \
  if (!is_tracked(fd)) return call;                            \
  type result = -1;                                            \
  pthread_mutex_lock(&lock);                                   \
  if (!fails(kind) && (result = call) >= 0) { noted; }         \
  pthread_mutex_unlock(&lock);                                 \
  return result

ssize_t read(int fd, void *to, size_t length) { NEXT(read); ON_FILE(ssize_t, READS, next(fd, to, length), ); }

ssize_t pread64(int fd, void *to, size_t length, off64_t at) {
  NEXT(pread64);
  ON_FILE(ssize_t, READS, next(fd, to, length, at), );
}

ssize_t write(int fd, const void *from, size_t length) {
  NEXT(write);
  ON_FILE(ssize_t, WRITES, next(fd, from, length),
          note(WRITE, 0, fd, lseek64(fd, 0, SEEK_CUR) - result, NULL, NULL, from, (size_t)result));
}

ssize_t pwrite64(int fd, const void *from, size_t length, off64_t at) {
  NEXT(pwrite64);
  ON_FILE(ssize_t, WRITES, next(fd, from, length, at), note(WRITE, 0, fd, at, NULL, NULL, from, (size_t)result));
}

int ftruncate64(int fd, off64_t length) {
  NEXT(ftruncate64);
  ON_FILE(int, WRITES, next(fd, length), note(TRUNCATE, 0, fd, length, NULL, NULL, NULL, 0));
}

/* A directory may have been opened past this library: its descriptor tells its path. */
static int synced(int fd, int (*next)(int)) {
  char link[64], path[PATHS];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = root ? readlink(link, path, sizeof path - 1) : -1;
  if (length < 0) return next(fd);
  path[length] = 0;
  if (!under_root(path)) return next(fd);
  struct stat at;
  int result = -1;
  pthread_mutex_lock(&lock);
  if (fails(fstat(fd, &at) == 0 && S_ISDIR(at.st_mode) ? WRITES : SYNCS)) note(FAILED_SYNC, 0, -1, 0, path, NULL, NULL, 0);
  else if ((result = next(fd)) == 0) note(SYNC, 0, -1, 0, path, NULL, NULL, 0);
  pthread_mutex_unlock(&lock);
  return result;
}

int fsync(int fd) { NEXT(fsync); return synced(fd, next); }

int fdatasync(int fd) { NEXT(fdatasync); return synced(fd, next); }

/* A call on names. */
#define ON_NAME(path, kind, call, noted)                       \
  if (!under_root(path)) return call;                          \
  int result = -1;                                             \
  pthread_mutex_lock(&lock);                                   \
  if (!fails(kind) && (result = call) == 0) { noted; }         \
  pthread_mutex_unlock(&lock);                                 \
  return result

int rename(const char *from, const char *to) {
  NEXT(rename);
  ON_NAME(to, MAKES, next(from, to), note(RENAME, 0, -1, 0, from, to, NULL, 0));
}

int link(const char *from, const char *to) {
  NEXT(link);
  ON_NAME(to, MAKES, next(from, to), note(LINK, 0, -1, 0, from, to, NULL, 0));
}

int unlink(const char *path) {
  NEXT(unlink);
  ON_NAME(path, REMOVES, next(path), note(UNLINK, 0, -1, 0, path, NULL, NULL, 0));
}

int mkdir(const char *path, mode_t mode) {
  NEXT(mkdir);
  ON_NAME(path, MAKES, next(path, mode), note(MKDIR, 0, -1, 0, path, NULL, NULL, 0));
}

int rmdir(const char *path) {
  NEXT(rmdir);
  ON_NAME(path, REMOVES, next(path), note(RMDIR, 0, -1, 0, path, NULL, NULL, 0));
}

/* Calls that a recording would miss say so, and the checker refuses the trace. */
#define UNKNOWN_CALL(fd) if (is_tracked(fd)) note(UNKNOWN, 0, fd, 0, __func__, NULL, NULL, 0)

ssize_t pwritev64(int fd, const struct iovec *from, int count, off64_t at);
ssize_t pwritev64(int fd, const struct iovec *from, int count, off64_t at) {
  NEXT(pwritev64);
  UNKNOWN_CALL(fd);
  return next(fd, from, count, at);
}

ssize_t sendfile64(int to, int from, off64_t *at, size_t count);
ssize_t sendfile64(int to, int from, off64_t *at, size_t count) {
  NEXT(sendfile64);
  UNKNOWN_CALL(to);
  return next(to, from, at, count);
}

int fallocate64(int fd, int mode, off64_t at, off64_t length) {
  NEXT(fallocate64);
  UNKNOWN_CALL(fd);
  return next(fd, mode, at, length);
}
