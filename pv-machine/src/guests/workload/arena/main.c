/*
 * arena: a game loop of 20 ticks a second with players on UDP.
 *
 * Rationale: the load that feels every pause. A player gets the state after every tick; the longest
 * time between two of them is the longest silence, and a tick number that is missing was lost.
 *
 * Port 2050. What a player sends: "ARNA", its number for this message, and the way it wants to go,
 * dx and dy (16 bits, signed; at most 100 is gone). The first one puts it into the arena; who has
 * not been heard for ten seconds is out. What it gets: "ARNA", the tick, the number of its last
 * message that is in it, a hash over all states so far, the count of players, then each one's id
 * and x and y (16 bits each). All is little-endian, 32 bits where not said, the hash 64.
 *
 * Command line: ip=A.B.C.D, arena.hz=N (default 20), arena.ticks=N (then it ends; 0, the default,
 * for never).
 */
#include "net.h"

#define PORT 2050
#define PLAYERS_MAX 64
#define SIDE 10000
#define STEP_MAX 100
#define SECOND 1000000000UL
#define LEFT_AFTER_NS (10 * SECOND)
#define MAGIC 0x414e5241U /* ARNA */

struct __attribute__((packed)) input {
    uint32_t magic, number;
    int16_t dx, dy;
};

struct __attribute__((packed)) state {
    uint32_t magic, tick, last_input;
    uint64_t hash;
    uint32_t players;
    struct __attribute__((packed)) {
        uint16_t id, x, y;
    } player[PLAYERS_MAX];
};

static struct player {
    struct peer peer;
    uint64_t heard;
    uint32_t last_input;
    int16_t dx, dy;
    uint16_t id, x, y;
} players[PLAYERS_MAX];
static unsigned player_count;
static uint16_t next_id = 1;
static uint32_t tick;
static uint64_t hash = 0xcbf29ce484222325UL; /* FNV-1a */
static struct state state;

static struct player *player_of(const struct peer *peer)
{
    struct player *player;

    for ( unsigned i = 0; i < player_count; i++ )
        if ( players[i].peer.ip == peer->ip && players[i].peer.port == peer->port )
            return &players[i];
    if ( player_count == PLAYERS_MAX )
        return NULL;
    player = &players[player_count++];
    memset(player, 0, sizeof(*player));
    player->id = next_id++;
    player->x = player->y = SIDE / 2;
    return player;
}

static int16_t limited(int16_t step)
{
    return step > STEP_MAX ? STEP_MAX : step < -STEP_MAX ? -STEP_MAX : step;
}

static void on_input(const struct peer *from, const uint8_t *data, unsigned length)
{
    const struct input *input = (const void *)data;
    struct player *player;

    if ( length != sizeof(*input) || input->magic != MAGIC || !(player = player_of(from)) )
        return;
    player->peer = *from;
    player->heard = system_time_ns();
    /* Datagrams overtake each other. */
    if ( (int32_t)(input->number - player->last_input) <= 0 && player->last_input )
        return;
    player->last_input = input->number;
    player->dx = limited(input->dx);
    player->dy = limited(input->dy);
}

static uint16_t moved(uint16_t at, int16_t step)
{
    int next = at + step;

    return (uint16_t)(next < 0 ? 0 : next > SIDE ? SIDE : next);
}

static void advance(uint64_t now)
{
    tick++;
    for ( unsigned i = 0; i < player_count; )
    {
        struct player *player = &players[i];

        if ( player->heard + LEFT_AFTER_NS < now )
        {
            players[i] = players[--player_count];
            continue;
        }
        player->x = moved(player->x, player->dx);
        player->y = moved(player->y, player->dy);
        state.player[i].id = player->id;
        state.player[i].x = player->x;
        state.player[i].y = player->y;
        i++;
    }
    state.magic = MAGIC;
    state.tick = tick;
    state.players = player_count;
    for ( unsigned i = 0; i < player_count * sizeof(state.player[0]); i++ )
        hash = (hash ^ ((const uint8_t *)state.player)[i]) * 0x100000001b3UL;
    state.hash = hash;
}

static void tell_players(void)
{
    unsigned length = (unsigned)(offsetof(struct state, player) +
                                 player_count * sizeof(state.player[0]));

    for ( unsigned i = 0; i < player_count; i++ )
    {
        state.last_input = players[i].last_input;
        udp_send(&players[i].peer, PORT, &state, length);
    }
}

void guest_main(void)
{
    uint64_t period = SECOND / option("arena.hz", 20), ticks = option("arena.ticks", 0), next;

    if ( !net_init() )
    {
        printf("arena: no network interface\n");
        return;
    }
    udp_bind(PORT, on_input);
    printf("arena: open\n");
    next = system_time_ns() + period;
    while ( !ticks || tick < ticks )
    {
        net_run();
        /* Each tick that is due, also after a pause: the game's time is the clock's. */
        while ( system_time_ns() >= next && (!ticks || tick < ticks) )
        {
            advance(next);
            tell_players();
            net_run();
            next += period;
        }
        net_wait(next);
    }
    printf("arena: %u ticks, %u players, hash=%016lx\n", tick, player_count, hash);
}
