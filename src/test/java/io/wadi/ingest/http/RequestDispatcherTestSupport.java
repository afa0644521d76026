package io.wadi.ingest.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.ingest.ReadPixel;
import io.wadi.ingest.ReadSelectEvent;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.request.IngestRequest;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.AsyncProcessorSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;

/** An event port with routes of several paths and methods, one of which holds its requests. */
abstract class RequestDispatcherTestSupport {
    static final Duration SOON = Duration.ofMinutes(2);
    static final byte[] REQUEST = "GET /a/b HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8);

    final BlockingQueue<AsyncCallback> held = new LinkedBlockingQueue<>();

    @AutoClose
    EventEndpoint port;

    @BeforeEach
    void open() throws Exception {
        port = new EventEndpoint(List.of("https://shop.example"), new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/a/{x}?httpMethodRestrict=GET").process(answer("any"));
                from("platform-http:/a/b?httpMethodRestrict=GET").routeId("b").process(answer("b"));
                from("platform-http:/a/b?httpMethodRestrict=POST").process(echo());
                from("platform-http:/under?matchOnUriPrefix=true").process(answer("under"));
                from("platform-http:/thread")
                        .process(exchange ->
                                answer(Thread.currentThread().getName()).process(exchange));
                from("platform-http:/query")
                        .process(exchange ->
                                answer(IngestRequest.of(exchange).query("a")).process(exchange));
                from("platform-http:/headers")
                        .process(exchange -> answer(IngestRequest.of(exchange)
                                        .recordHeaders(List.of("x-tenant"))
                                        .toString())
                                .process(exchange));
                from("platform-http:/select").process(new ReadSelectEvent(Clock.systemUTC()));
                from("platform-http:/pixel")
                        .process(new ReadPixel(Clock.systemUTC()))
                        .process(exchange -> exchange.getMessage()
                                .setBody(((Event) exchange.getMessage()
                                                .getBody(List.class)
                                                .get(0))
                                        .value()));
                from("platform-http:/fails").process(fail());
                from("platform-http:/head?httpMethodRestrict=GET,HEAD").process(answer("not for HEAD"));
                from("platform-http:/events?httpMethodRestrict=GET,HEAD")
                        .process(exchange -> answer(
                                        "events: " + IngestRequest.of(exchange).acceptsEvents())
                                .process(exchange));
                from("platform-http:/held").process(hold()).process(answer("released"));
                from("platform-http:/topics/{topic}?httpMethodRestrict=POST").process(fail());
                from("platform-http:/pixel.gif?httpMethodRestrict=GET").process(fail());
            }
        });
    }

    private static Processor answer(String text) {
        return exchange -> {
            exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "text/plain");
            exchange.getMessage().setHeader("X-Mine", "is not on the list");
            exchange.getMessage().setBody(text);
        };
    }

    private static Processor fail() {
        return exchange -> {
            answer("half an answer").process(exchange);
            throw new IllegalArgumentException("of no concern to a client");
        };
    }

    static Processor echo() {
        return exchange -> exchange.getMessage().setBody(exchange.getMessage().getBody(byte[].class));
    }

    private Processor hold() {
        return new AsyncProcessorSupport() {
            @Override
            public boolean process(Exchange exchange, AsyncCallback callback) {
                held.add(callback);
                return false;
            }
        };
    }

    final Socket connect() throws IOException {
        Socket socket = new Socket("localhost", URI.create(port.url()).getPort());
        socket.setSoTimeout((int) SOON.toMillis());
        return socket;
    }
}
