package io.wadi.bench.siege;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import java.util.Locale;

/** Decodes the end of an HTTP/2 request or connection into its name: a status, {@code rst-…} or {@code goaway-…}. */
final class Http2Answers extends ByteToMessageDecoder {
    private final Http2FrameReader reader = new DefaultHttp2FrameReader(false);

    @Override
    protected void decode(ChannelHandlerContext from, ByteBuf in, List<Object> out) throws Http2Exception {
        reader.readFrame(from, in, new Http2FrameAdapter() {
            @Override
            public void onHeadersRead(
                    ChannelHandlerContext context,
                    int stream,
                    Http2Headers headers,
                    int dependency,
                    short weight,
                    boolean exclusive,
                    int padding,
                    boolean end) {
                out.add(String.valueOf(headers.status()));
            }

            @Override
            public void onHeadersRead(
                    ChannelHandlerContext context, int stream, Http2Headers headers, int padding, boolean end) {
                out.add(String.valueOf(headers.status()));
            }

            @Override
            public void onRstStreamRead(ChannelHandlerContext context, int stream, long error) {
                out.add("rst-" + name(error));
            }

            @Override
            public void onGoAwayRead(ChannelHandlerContext context, int lastStream, long error, ByteBuf debug) {
                out.add("goaway-" + name(error));
            }
        });
    }

    private static String name(long error) {
        Http2Error known = Http2Error.valueOf(error);
        return known == null
                ? Long.toString(error)
                : known.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext from) {
        reader.close();
    }
}
