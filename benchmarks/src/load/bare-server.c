/* The floor of the machine: writes what the publisher sends to every player, and does nothing else; see bare-wire.ts. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { maxPlayers = 65536, bufferBytes = 4 << 20 };

static int players[maxPlayers];
static int playerCount;
static int publisher = -1;
static uint8_t received[bufferBytes];
static size_t receivedBytes;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void forget(int fd) {
  for (int i = 0; i < playerCount; i++) {
    if (players[i] != fd) continue;
    players[i] = players[--playerCount];
    break;
  }
  close(fd);
}

static void hand_out(const uint8_t *batch, size_t length) {
  for (int i = 0; i < playerCount; i++) {
    /* A player that does not read is cut: there is no queue here. */
    if (send(players[i], batch, length, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)length) continue;
    shutdown(players[i], SHUT_RDWR);
  }
}

static void take(void) {
  size_t at = 0;
  while (receivedBytes - at >= 4) {
    uint32_t length;
    memcpy(&length, received + at, 4);
    length = ntohl(length);
    if (length > bufferBytes - 4) exit(1);
    if (receivedBytes - at < 4 + length) break;
    hand_out(received + at + 4, length);
    at += 4 + length;
  }
  receivedBytes -= at;
  memmove(received, received + at, receivedBytes);
}

static void on_readable(int fd) {
  if (fd != publisher) {
    uint8_t first;
    ssize_t count = recv(fd, &first, 1, 0);
    if (count <= 0) {
      forget(fd);
      return;
    }
    /* Only a publisher speaks. */
    for (int i = 0; i < playerCount; i++) {
      if (players[i] == fd) players[i] = players[--playerCount];
    }
    publisher = fd;
    receivedBytes = 0;
    return;
  }
  ssize_t count = recv(fd, received + receivedBytes, bufferBytes - receivedBytes, 0);
  if (count <= 0) {
    close(fd);
    publisher = -1;
    return;
  }
  receivedBytes += (size_t)count;
  take();
}

int main(void) {
  int server = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int on = 1;
  if (bind(server, (struct sockaddr *)&address, length) != 0) fail("bind");
  if (listen(server, 4096) != 0) fail("listen");
  getsockname(server, (struct sockaddr *)&address, &length);
  printf("{\"event\":\"ready\",\"port\":%d}\n", ntohs(address.sin_port));
  fflush(stdout);

  int poll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = server};
  epoll_ctl(poll, EPOLL_CTL_ADD, server, &event);
  for (;;) {
    struct epoll_event events[256];
    int count = epoll_wait(poll, events, 256, -1);
    if (count < 0 && errno != EINTR) fail("epoll_wait");
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      if (fd != server) {
        on_readable(fd);
        continue;
      }
      int player = accept4(server, NULL, NULL, SOCK_CLOEXEC);
      if (player < 0 || playerCount == maxPlayers) continue;
      setsockopt(player, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      event.events = EPOLLIN;
      event.data.fd = player;
      epoll_ctl(poll, EPOLL_CTL_ADD, player, &event);
      players[playerCount++] = player;
    }
  }
}
