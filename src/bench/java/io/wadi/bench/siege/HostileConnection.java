package io.wadi.bench.siege;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/** One connection of a {@link Squad}. Used on its event loop. */
final class HostileConnection extends ChannelInboundHandlerAdapter {
    private final Squad squad;
    private ChannelHandlerContext context;
    private int sent;
    private boolean closing;
    private String end = "closed";

    HostileConnection(Squad squad) {
        super();
        this.squad = squad;
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        context = active;
        if (active.pipeline().get(SslHandler.class) == null) {
            send();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext from, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                send();
            } else {
                end = "handshake-failed";
                from.close();
            }
        }
        from.fireUserEventTriggered(event);
    }

    boolean isOpen() {
        return context.channel().isActive();
    }

    /** Sends the kind's next bytes. */
    void send() {
        HostileKind kind = squad.kind();
        byte[] bytes = kind.volley().of(squad.nextShot(sent++));
        squad.outcome().sent(bytes.length);
        if (kind.conduct() == Conduct.DEAF) {
            context.channel().config().setAutoRead(false);
        }
        if (kind.bytesPerSecond() > 0) {
            trickle(Unpooled.wrappedBuffer(bytes), kind.bytesPerSecond());
        } else {
            context.writeAndFlush(Unpooled.wrappedBuffer(bytes)).addListener((ChannelFutureListener) written -> {
                if (kind.conduct() == Conduct.DROP) {
                    closing = true;
                    context.close();
                } else if (kind.conduct() == Conduct.REPEAT && written.isSuccess()) {
                    squad.ready(this);
                }
            });
        }
    }

    private void trickle(ByteBuf rest, int bytesPerSecond) {
        if (!rest.isReadable() || !isOpen()) {
            rest.release();
            return;
        }
        context.writeAndFlush(rest.readRetainedSlice(Math.min(bytesPerSecond, rest.readableBytes())));
        context.executor().schedule(() -> trickle(rest, bytesPerSecond), 1, TimeUnit.SECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        if (message instanceof HttpResponse answer) {
            squad.outcome().ended(Integer.toString(answer.status().code()));
        } else if (message instanceof String answer) {
            squad.outcome().ended(answer);
        }
        if (message instanceof LastHttpContent && squad.kind().conduct() == Conduct.AGAIN) {
            squad.ready(this);
        }
        ReferenceCountUtil.release(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext from) {
        if (!closing) {
            squad.outcome().ended(end);
        }
        squad.closed();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
        if (end.equals("closed")) {
            end = "reset";
        }
        from.close();
    }
}
