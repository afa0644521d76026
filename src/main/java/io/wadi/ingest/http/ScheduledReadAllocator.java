package io.wadi.ingest.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.nio.AbstractNioChannel.NioUnsafe;
import io.wadi.ingest.eventloop.ReadScheduler;

/**
 * A receive buffer allocator that delays a connection's reads until its client's share of the event loop allows them.
 * Netty reads all readable connections in each iteration; while a connection has to wait, this allocator returns an
 * empty buffer, which Netty handles as if there were nothing to read.
 */
final class ScheduledReadAllocator implements RecvByteBufAllocator {
    private final Channel channel;
    private final Connection connection;
    private final RecvByteBufAllocator delegate;

    private ScheduledReadAllocator(Channel channel, ReadScheduler reads, Object address) {
        this.channel = channel;
        this.connection = new Connection(reads, address);
        this.delegate = channel.config().getRecvByteBufAllocator();
    }

    /** Adds a connection to the loop's schedule, before anything is read from it. */
    static void add(Channel channel, ReadScheduler reads, Object address) {
        ScheduledReadAllocator allocator = new ScheduledReadAllocator(channel, reads, address);
        channel.config().setRecvByteBufAllocator(allocator);
        channel.pipeline().addFirst(allocator.new Gate());
        channel.closeFuture().addListener(closed -> allocator.connection.close());
    }

    /** Returns a connection's entry in the schedule; null for a connection that was closed when it was accepted. */
    static ReadScheduler.Connection of(Channel channel) {
        return channel.config().getRecvByteBufAllocator() instanceof ScheduledReadAllocator allocator
                ? allocator.connection
                : null;
    }

    @Override
    @SuppressWarnings("deprecation")
    public Handle newHandle() {
        return new ScheduledHandle(delegate.newHandle());
    }

    private final class Connection extends ReadScheduler.Connection {
        private boolean isHeld;

        Connection(ReadScheduler reads, Object address) {
            super(reads, address);
        }

        @Override
        protected boolean read() {
            release();
            boolean isReadable = channel.isActive() && channel.config().isAutoRead();
            if (isReadable) {
                ((NioUnsafe) channel.unsafe()).read();
            }
            return isReadable;
        }

        @Override
        protected void hold() {
            if (!isHeld && channel.config().isAutoRead()) {
                isHeld = true;
                // Clears the interest in reads. The handler ignores the request to read of the second call, so that
                // the setting stays that of the other handlers.
                channel.config().setAutoRead(false);
                channel.config().setAutoRead(true);
            }
        }

        @Override
        protected void release() {
            if (isHeld) {
                isHeld = false;
                if (channel.config().isAutoRead()) {
                    channel.read();
                }
            }
        }
    }

    /** Ignores requests to read from a connection that is held; they come from the pipeline and from its setting. */
    private final class Gate extends ChannelOutboundHandlerAdapter {
        @Override
        public void read(ChannelHandlerContext context) {
            if (!connection.isHeld) {
                context.read();
            }
        }
    }

    @SuppressWarnings("deprecation")
    private final class ScheduledHandle extends RecvByteBufAllocator.DelegatingHandle {
        private boolean mayRead;

        ScheduledHandle(Handle delegate) {
            super(delegate);
        }

        @Override
        public void reset(io.netty.channel.ChannelConfig config) {
            mayRead = connection.mayRead();
            super.reset(config);
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator buffers) {
            return mayRead ? super.allocate(buffers) : Unpooled.EMPTY_BUFFER;
        }

        @Override
        public void attemptedBytesRead(int bytes) {
            if (mayRead) {
                super.attemptedBytesRead(bytes);
            }
        }

        @Override
        public int attemptedBytesRead() {
            return mayRead ? super.attemptedBytesRead() : 0;
        }

        @Override
        public void lastBytesRead(int bytes) {
            if (mayRead) {
                super.lastBytesRead(bytes);
            }
        }

        @Override
        public int lastBytesRead() {
            return mayRead ? super.lastBytesRead() : 0;
        }

        @Override
        public boolean continueReading() {
            return mayRead && super.continueReading() && connection.mayReadOn();
        }

        @Override
        public void readComplete() {
            if (mayRead) {
                super.readComplete();
                connection.wasRead();
            }
        }
    }
}
