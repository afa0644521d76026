package io.wadi.runtime.security;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BooleanSupplier;

/**
 * A handler that passes on the frames of an HTTP/2 connection in groups. Frames that take longer to process than one
 * turn of the event loop are passed on in later turns: a HEADERS frame of 24 bytes that repeats a long name from the
 * compression table takes up to 0.3 ms, and a read of 64 KiB can contain 2,700 of them. It closes the connection if a
 * SETTINGS frame is too long, since Vert.x keeps the latest one, also settings that do not exist. Removes itself from
 * connections without HTTP/2. Used only on the connection's event loop.
 */
public final class Http2FrameGroups extends ChannelInboundHandlerAdapter {
    /** Maximum number of frames that end in one group. */
    static final int FRAMES = 8;

    /** Maximum length of a SETTINGS frame; the settings that exist occupy 50 bytes. */
    static final int MAX_SETTINGS_BYTES = 1 << 10;

    private static final int SETTINGS = 4;
    private static final int PREFACE_BYTES = 24;
    private static final int HEADER_BYTES = 9;
    private static final int LENGTH_BYTES = 3;

    private final BooleanSupplier isHttp2;
    private final HeadDecoder.Turn turn;
    private final Runnable exceeded;
    private final Queue<ByteBuf> held = new ArrayDeque<>();
    private long heldBytes;
    /** The number of groups of the current read. */
    private int groups;

    private boolean isDeferred;
    /** Whether data has arrived, so that the connection is one of HTTP/2. */
    private boolean hasBegun;
    /** The number of bytes of the current frame's header so far. The connection preface counts as a payload. */
    private int headerBytes = HEADER_BYTES;
    /** The bytes of the current frame's payload that follow, once its length is read. */
    private int payloadBytes = PREFACE_BYTES;
    /** Whether a frame was too long, after which all data is discarded. */
    private boolean isTooLong;

    /**
     * Creates the handler of a connection before its first byte is read.
     *
     * @param isHttp2 returns whether the connection uses HTTP/2; called when the first data arrives
     * @param turn the connection's turn on its event loop
     * @param exceeded called once on the event loop when the connection is closed because of a too long frame
     */
    Http2FrameGroups(BooleanSupplier isHttp2, HeadDecoder.Turn turn, Runnable exceeded) {
        this.isHttp2 = isHttp2;
        this.turn = turn;
        this.exceeded = exceeded;
    }

    /** Adds the handler to a connection whose {@link TlsHandler} has just been added. */
    public static void addTo(ChannelPipeline pipeline, TlsHandler tls, HeadDecoder.Turn turn, Runnable exceeded) {
        BooleanSupplier isHttp2 = () -> ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol());
        pipeline.addAfter(TlsHandler.DATA, "wadi-frames", new Http2FrameGroups(isHttp2, turn, exceeded));
    }

    /** Returns the bytes that are left to later turns. */
    public long heldBytes() {
        return heldBytes;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object data) {
        if (!hasBegun && !isHttp2.getAsBoolean()) {
            context.pipeline().remove(this);
            context.fireChannelRead(data);
            return;
        }
        hasBegun = true;
        if (isTooLong) {
            ReferenceCountUtil.release(data);
            return;
        }
        ByteBuf bytes = (ByteBuf) data;
        held.add(bytes);
        heldBytes += bytes.readableBytes();
        if (!isDeferred) {
            passOn(context);
        }
    }

    /** Passes on at least one group of each read, so that a small request is not deferred. */
    private void passOn(ChannelHandlerContext context) {
        while (!held.isEmpty()) {
            if (groups > 0 && !turn.mayGoOn()) {
                defer(context);
                return;
            }
            groups++;
            int bytes = groupBytes(held.element());
            if (isTooLong) {
                release();
                exceeded.run();
                context.close();
                return;
            }
            context.fireChannelRead(next(bytes));
        }
    }

    private void defer(ChannelHandlerContext context) {
        if (context.channel().isActive()) {
            isDeferred = true;
            turn.later(() -> passOnDeferred(context));
        } else {
            release();
        }
    }

    private void passOnDeferred(ChannelHandlerContext context) {
        isDeferred = false;
        groups = 0;
        passOn(context);
        context.fireChannelReadComplete();
    }

    private ByteBuf next(int bytes) {
        ByteBuf first = held.element();
        heldBytes -= bytes;
        return bytes == first.readableBytes() ? held.remove() : first.readRetainedSlice(bytes);
    }

    /** Returns the number of bytes up to the end of the group's last frame, or all if a frame continues after them. */
    private int groupBytes(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int frames = 0;
        while (at < bytes.writerIndex() && frames < FRAMES) {
            if (headerBytes < HEADER_BYTES) {
                readHeader(bytes.getUnsignedByte(at));
                at++;
            } else {
                int part = Math.min(payloadBytes, bytes.writerIndex() - at);
                payloadBytes -= part;
                at += part;
            }
            if (headerBytes == HEADER_BYTES && payloadBytes == 0) {
                headerBytes = 0;
                frames++;
            }
        }
        return at - bytes.readerIndex();
    }

    /** Reads the next byte of a frame's header: length, type, flags and stream. */
    private void readHeader(int octet) {
        if (headerBytes < LENGTH_BYTES) {
            payloadBytes = payloadBytes << Byte.SIZE | octet;
        } else if (headerBytes == LENGTH_BYTES) {
            isTooLong |= octet == SETTINGS && payloadBytes > MAX_SETTINGS_BYTES;
        }
        headerBytes++;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        groups = 0;
        context.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        release();
        context.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        release();
    }

    private void release() {
        held.forEach(ByteBuf::release);
        held.clear();
        heldBytes = 0;
    }
}
