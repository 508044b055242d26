package dev.vls.replay.wire;

/** The types of frames, by their numbers from 1. */
enum MessageType {
    HELLO(1),
    WELCOME(2),
    REFUSE(3),
    PAGES(4),
    INSTANT(5),
    STATE(6),
    COMPLETE(7),
    LOG(8),
    HEARTBEAT(9),
    ACK(10),
    PAGE_REQUEST(11),
    HAND_OVER(12),
    TAKEN(13),
    BYE(14),
    DISK(15),
    MISSING(16),
    LATE_FRAME(17);

    private static final MessageType[] ALL = values();

    final int number;

    MessageType(int number) {
        this.number = number;
    }

    /**
     * @throws WireException if there is none of that number
     */
    static MessageType of(int number) {
        for (MessageType type : ALL) {
            if (type.number == number) {
                return type;
            }
        }
        throw new WireException("a frame of type " + number);
    }
}
