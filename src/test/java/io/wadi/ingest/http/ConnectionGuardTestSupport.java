package io.wadi.ingest.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpServerOptions;
import io.wadi.ingest.admission.Admission;
import io.wadi.ingest.admission.Admissions;
import io.wadi.ingest.auth.ApiKeys;
import io.wadi.ingest.auth.JwtKeys;
import io.wadi.ingest.browser.CrossOrigin;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.limits.InFlight;
import io.wadi.ingest.limits.Rate;
import io.wadi.runtime.security.HeadDecoder;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;

/** A connection with the guard, the memory that is charged for it, and the requests that it passes on. */
abstract class ConnectionGuardTestSupport {
    static final String ORIGIN = "https://shop.example";

    final MeterRegistry meters = new SimpleMeterRegistry();
    final InFlight inFlight = new InFlight(1000, 1 << 30, 1 << 30, false);
    final Turn turn = new Turn();

    @AutoClose("finishAndReleaseAll")
    EmbeddedChannel channel;

    /** An iteration of the event loop, which the test ends. */
    static final class Turn implements HeadDecoder.Turn {
        final Queue<Runnable> later = new ArrayDeque<>();
        boolean isOver;

        @Override
        public boolean mayGoOn() {
            return !isOver;
        }

        @Override
        public void later(Runnable work) {
            later.add(work);
        }
    }

    @BeforeEach
    void open() {
        Duration minute = Duration.ofMinutes(1);
        Admission admission = Admissions.of(ApiKeys.NONE, JwtKeys.NONE, Rate.of(0, 0), inFlight);
        ConnectionCounts counts = new ConnectionCounts(meters);
        channel = new EmbeddedChannel();
        ConnectionMemory memory = new ConnectionMemory(
                channel, admission.connect(admission.peer(InetAddress.getLoopbackAddress()), 10), counts);
        channel.pipeline().addLast(new HttpResponseEncoder(), new HttpRequestDecoder());
        HeadDecoder decoder = HeadDecoder.replaceIn(channel.pipeline(), new HttpServerOptions(), turn);
        channel.pipeline()
                .addLast(new ConnectionGuard(
                        new ConnectionLimits(minute, minute, 1000, minute),
                        new CrossOrigin(List.of(ORIGIN), List.of()),
                        counts,
                        memory,
                        decoder));
    }

    /** Returns the requests that were passed on since the last call. */
    List<HttpRequest> requests() {
        List<HttpRequest> requests = new ArrayList<>();
        for (Object next = channel.readInbound(); next != null; next = channel.readInbound()) {
            if (next instanceof HttpRequest request) {
                requests.add(request);
            } else {
                assertThat(next).isInstanceOf(LastHttpContent.class);
            }
        }
        return requests;
    }

    void receive(String bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, US_ASCII));
    }

    /** Adds the body of a route that is receiving it. */
    void receiveBody(Consumer<RequestException> aborted) {
        IncomingBodies.of(channel).add(IncomingBodies.NO_STREAM, new IncomingBodies.Body() {
            @Override
            public void abort(RequestException reason) {
                aborted.accept(reason);
            }

            @Override
            public long heldBytes() {
                return 0;
            }
        });
    }

    static String head(String target) {
        return "POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n";
    }

    /** Returns all that was written. */
    String sent() {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            byte[] bytes = new byte[next.readableBytes()];
            next.readBytes(bytes);
            next.release();
            sent.writeBytes(bytes);
        }
        return sent.toString(UTF_8);
    }

    /** Returns the number of body parts that were passed on since the last call. */
    int contents() {
        int count = 0;
        for (Object each = channel.readInbound(); each != null; each = channel.readInbound()) {
            count += each instanceof HttpContent ? 1 : 0;
            ReferenceCountUtil.release(each);
        }
        return count;
    }
}
