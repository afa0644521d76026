package io.wadi.runtime.security;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * The TLS handler of a server's connection. It closes the connection if the client renegotiates (TLS 1.2), or sends too
 * many records without data after the handshake, such as key updates (RFC 8446, section 4.6.3). A key update of 43
 * bytes costs the server 0.3 ms for two new keys and the response, and the JDK accepts any number of them. Clients need
 * one after several million records (RFC 8446, section 5.5): each million permits one more.
 *
 * <p>It also closes the connection if the handshake takes too many records: with each record that continues a message,
 * the JDK copies the message twice as far as it has arrived, up to 32 KiB for a record of six bytes.
 *
 * <p>Records that take longer to decrypt than one turn of the event loop are decrypted in later turns: a read of 64 KiB
 * can contain 2,800 records of one byte, which take more than 10 ms.
 */
public class TlsHandler extends SslHandler {
    /** The name of the handler from which the pipeline's later handlers receive the decrypted data. */
    static final String DATA = "wadi-tls-data";

    /** Maximum records without data, plus one for each {@link #DATA_RECORDS} of the others. */
    private static final int MAX_RECORDS = 10;

    private static final int DATA_RECORDS = 1_000_000;

    /** Maximum records of a client's handshake; a message of the maximum size, 32 KiB, fits into three. */
    private static final int MAX_HANDSHAKE_RECORDS = 100;

    /** The number of records after which the handler checks whether its turn has ended. */
    static final int RECORDS_PER_CHECK = 32;

    private final OneHandshake handshakes;
    private HeadDecoder.Turn turn = HeadDecoder.Turn.ENDLESS;
    /** The number of decoding steps of the current read after the handshake. */
    private int steps;

    private boolean isDeferred;
    private int handshakeRecords;
    private long dataRecords;
    private long otherRecords;

    /**
     * Creates the handler.
     *
     * @param tasks runs the delegated tasks of the engine
     * @param exceeded called once on the event loop when the connection is closed because of its client's records
     */
    public TlsHandler(SSLEngine engine, boolean startTls, Executor tasks, Runnable exceeded) {
        this(engine, startTls, new OneHandshake(tasks, exceeded));
    }

    private TlsHandler(SSLEngine engine, boolean startTls, OneHandshake tasks) {
        super(engine, startTls, tasks);
        handshakes = tasks;
    }

    /** An executor that runs the tasks of the first handshake and rejects those of further ones. */
    private static final class OneHandshake implements Executor {
        private final Executor tasks;
        private final Runnable exceeded;
        private Future<Channel> handshake;
        private boolean isExceeded;

        OneHandshake(Executor tasks, Runnable exceeded) {
            this.tasks = tasks;
            this.exceeded = exceeded;
        }

        @Override
        public void execute(Runnable task) {
            if (handshake.isDone()) {
                exceed();
                throw new RejectedExecutionException("Renegotiation is not allowed");
            }
            tasks.execute(task);
        }

        void exceed() {
            if (!isExceeded) {
                isExceeded = true;
                exceeded.run();
            }
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) throws Exception {
        handshakes.handshake = handshakeFuture();
        super.handlerAdded(context);
        context.pipeline().addAfter(context.name(), DATA, new DataRecords());
    }

    /** Divides the work on each read among turns of the connection; to be called before the handshake. */
    public void divideAmong(HeadDecoder.Turn turns) {
        turn = turns;
    }

    /** Returns the encrypted bytes that are left to later turns. Used on the connection's event loop. */
    public long heldBytes() {
        return isDeferred ? actualReadableBytes() : 0;
    }

    /** A handler behind this one that counts the records with data. */
    private final class DataRecords extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object data) {
            dataRecords++;
            context.fireChannelRead(data);
        }
    }

    /** Decodes at most one record; Netty calls this until no whole record is left. */
    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws SSLException {
        if (isDeferred) {
            return;
        }
        boolean isEstablished = handshakeFuture().isSuccess();
        if (!isEstablished && handshakeRecords == MAX_HANDSHAKE_RECORDS) {
            end(context, in);
            return;
        }
        if (isEstablished) {
            steps++;
            if (steps % RECORDS_PER_CHECK == 0 && !turn.mayGoOn()) {
                isDeferred = true;
                turn.later(() -> decodeDeferred(context));
                return;
            }
        }
        int bytes = in.readableBytes();
        long before = dataRecords;
        super.decode(context, in, out);
        if (dataRecords > before || in.readableBytes() == bytes) {
            return;
        }
        if (!isEstablished) {
            handshakeRecords++;
            return;
        }
        otherRecords++;
        if (otherRecords > MAX_RECORDS + dataRecords / DATA_RECORDS) {
            handshakes.exceed();
            end(context, in);
        }
    }

    private void decodeDeferred(ChannelHandlerContext context) {
        isDeferred = false;
        HeadDecoder.decodeHeld(this, context);
    }

    /** Counts the steps of each read separately, so that a small request is not deferred. */
    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        steps = 0;
        super.channelReadComplete(context);
    }

    private static void end(ChannelHandlerContext context, ByteBuf in) {
        in.skipBytes(in.readableBytes());
        context.close();
    }
}
