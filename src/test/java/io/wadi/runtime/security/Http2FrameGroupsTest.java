package io.wadi.runtime.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames that are passed on in groups, and those beyond a turn in later turns. */
class Http2FrameGroupsTest {
    private static final int PREFACE = 24;
    private static final int HEADER = 9;

    private final Queue<Runnable> later = new ArrayDeque<>();
    private boolean isTurnOver;
    private int exceeded;
    private final Http2FrameGroups groups = new Http2FrameGroups(
            () -> true,
            new HeadDecoder.Turn() {
                @Override
                public boolean mayGoOn() {
                    return !isTurnOver;
                }

                @Override
                public void later(Runnable work) {
                    later.add(work);
                }
            },
            () -> exceeded++);
    private final EmbeddedChannel channel = new EmbeddedChannel(groups);

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    /** Returns a connection preface and frames of these lengths, with payloads that look like headers of frames. */
    private static ByteBuf connection(int... lengths) {
        ByteBuf bytes = Unpooled.buffer();
        bytes.writeBytes(new byte[PREFACE]);
        for (int i = 0; i < lengths.length; i++) {
            bytes.writeMedium(lengths[i]).writeByte(0).writeByte(0).writeInt(i);
            for (int at = 0; at < lengths[i]; at++) {
                bytes.writeByte(at % 3);
            }
        }
        return bytes;
    }

    private static int[] equalLengths(int frames, int length) {
        int[] lengths = new int[frames];
        Arrays.fill(lengths, length);
        return lengths;
    }

    /** Returns the bytes that have been passed on since the last call. */
    private ByteBuf passedOn() {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf each = channel.readInbound(); each != null; each = channel.readInbound()) {
            all.writeBytes(each);
            each.release();
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 8, 300})
    void framesBeyondATurn_arePassedOnInLaterTurns(int length) {
        int ofGroup = Http2FrameGroups.FRAMES * (HEADER + length);
        ByteBuf sent = connection(equalLengths(3 * Http2FrameGroups.FRAMES, length));
        ByteBuf expected = sent.copy();
        isTurnOver = true;

        channel.writeInbound(sent);

        // The preface counts as a frame.
        ByteBuf received = passedOn();
        assertThat(received.readableBytes()).isEqualTo(PREFACE + ofGroup - HEADER - length);
        for (int turn = 0; turn < 2; turn++) {
            assertThat(later).hasSize(1);
            later.remove().run();
            ByteBuf group = passedOn();
            assertThat(group.readableBytes()).isEqualTo(ofGroup);
            received.writeBytes(group);
        }
        assertThat(groups.heldBytes()).isEqualTo(HEADER + length);
        later.remove().run();

        assertThat(ByteBufUtil.hexDump(received.writeBytes(passedOn()))).isEqualTo(ByteBufUtil.hexDump(expected));
        assertThat(later).isEmpty();
        assertThat(groups.heldBytes()).isZero();
    }

    @Test
    void dataThatArrivesWhileFramesWait_isPassedOnAfterThem() {
        ByteBuf sent = connection(equalLengths(40, 50));
        ByteBuf expected = sent.copy();
        Random random = new Random(1);
        isTurnOver = true;
        ByteBuf received = Unpooled.buffer();

        while (sent.isReadable()) {
            channel.writeInbound(sent.readBytes(Math.min(sent.readableBytes(), 1 + random.nextInt(900))));
            received.writeBytes(passedOn());
            assertThat(received.readableBytes() + groups.heldBytes()).isEqualTo(sent.readerIndex());
        }
        while (!later.isEmpty()) {
            later.remove().run();
            received.writeBytes(passedOn());
        }

        assertThat(ByteBufUtil.hexDump(received)).isEqualTo(ByteBufUtil.hexDump(expected));
        sent.release();
    }

    @Test
    void framesWithinATurn_arePassedOnAtOnce_alsoInSingleBytes() {
        ByteBuf sent = connection(0, 8, 70_000, 5, 0, 0, 16_384, 1);
        ByteBuf expected = sent.copy();
        int single = 70_000;
        ByteBuf received = Unpooled.buffer();

        for (int i = 0; i < single; i++) {
            channel.writeInbound(sent.readBytes(1));
            received.writeBytes(passedOn());
            assertThat(received.readableBytes()).isEqualTo(i + 1);
        }
        channel.writeInbound(sent);

        received.writeBytes(passedOn());
        assertThat(received).isEqualTo(expected);
        assertThat(later).isEmpty();
    }

    @Test
    void firstFramesOfEachRead_arePassedOn_evenIfTheTurnIsOver() {
        isTurnOver = true;

        channel.writeInbound(connection(1));
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[HEADER]));

        assertThat(passedOn().readableBytes()).isEqualTo(PREFACE + HEADER + 1 + HEADER);
        assertThat(later).isEmpty();
    }

    @Test
    void framesOfAClosedConnection_areReleased() {
        ByteBuf sent = connection(equalLengths(100, 8));
        isTurnOver = true;
        channel.writeInbound(sent);

        channel.close();
        passedOn();

        assertThat(sent.refCnt()).isZero();
        assertThat(groups.heldBytes()).isZero();
    }

    /** Returns the beginning of a SETTINGS frame. */
    private static ByteBuf settings(int length) {
        return Unpooled.buffer().writeMedium(length).writeByte(4).writeByte(0).writeInt(0);
    }

    @Test
    void longSettings_closeTheConnection() {
        int longest = Http2FrameGroups.MAX_SETTINGS_BYTES;
        channel.writeInbound(connection(0), settings(longest), Unpooled.wrappedBuffer(new byte[longest]));
        assertThat(passedOn().readableBytes()).isEqualTo(PREFACE + HEADER + HEADER + longest);
        assertThat(exceeded).isZero();
        assertThat(channel.isOpen()).isTrue();

        ByteBuf tooLong = settings(longest + 1);
        channel.pipeline().fireChannelRead(tooLong);

        assertThat(passedOn().isReadable()).isFalse();
        assertThat(exceeded).isEqualTo(1);
        assertThat(channel.isOpen()).isFalse();
        assertThat(tooLong.refCnt()).isZero();
    }

    @Test
    void otherProtocols_arePassedOnUnchanged() {
        EmbeddedChannel http1 =
                new EmbeddedChannel(new Http2FrameGroups(() -> false, HeadDecoder.Turn.ENDLESS, () -> {}));
        ByteBuf sent = connection(equalLengths(100, 8));

        http1.writeInbound(sent);

        Object received = http1.readInbound();
        assertThat(received).isSameAs(sent);
        assertThat(http1.pipeline().get(Http2FrameGroups.class)).isNull();
        sent.release();
        http1.finishAndReleaseAll();
    }
}
