package io.wadi.ops;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.kafka.Causes;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.kafka.common.KafkaException;

/** The page and its API, on the management port. */
public final class OpsRoutes extends RouteBuilder {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> PAGES = Map.of("/", "index.html", "/send", "send.html");

    private static final List<String> FILES = List.of(
            "page.css",
            "page.js",
            "words.js",
            "draw.js",
            "known.js",
            "session.js",
            "verdict.js",
            "flow.js",
            "groups.js",
            "topics.js",
            "routes.js",
            "checks.js",
            "send.css",
            "send.js",
            "wadi.css",
            "wadi.svg");
    private static final Map<String, String> PAGE = page();
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    private static final int DEFAULT_RECORDS = 50;

    private final About about;
    private final Follow follow;
    private final LiveStream live;
    private final TopicRecords records;
    private final String contentSecurityPolicy;
    private final Processor tools;

    /**
     * Takes what the page shows: once, of a record that is followed, live, and of a topic's records; the events port, which the page
     * may send to under any host name; and what answers at {@code /} who does not ask for a page.
     */
    public OpsRoutes(
            About about, Follow follow, LiveStream live, TopicRecords records, int eventsPort, Processor tools) {
        super();
        this.tools = tools;
        this.contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                + "connect-src 'self' http://*:" + eventsPort + " https://*:" + eventsPort + "; "
                + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        this.about = about;
        this.follow = follow;
        this.live = live;
        this.records = records;
    }

    /** Where the page and its files stand; none tells anything of the pipeline. */
    public static Set<String> paths() {
        return PAGE.keySet();
    }

    private static Map<String, String> page() {
        Map<String, String> page = new HashMap<>(PAGES);
        FILES.forEach(file -> page.put("/" + file, file));
        return Map.copyOf(page);
    }

    @Override
    public void configure() throws Exception {
        PAGE.forEach((path, file) -> from(get(path))
                .routeId("page-" + file.replace('.', '-'))
                .process(exchange -> {
                    if (path.equals("/") && !wantsPage(exchange)) {
                        tools.process(exchange);
                    } else {
                        servePage(exchange, file);
                    }
                }));
        getContext().addStartupListener((context, alreadyStarted) -> live.start());
        from(get("/api/about")).routeId("api-about").process(exchange -> answer(exchange, about));
        from(get("/api/topics/{topic}/records")).routeId("api-records").process(this::findRecords);
        from(get("/api/follow")).routeId("api-follow").process(this::followRecord);
    }

    /** Browsers say so; tools made for Kafka Connect ask for JSON, or for anything. */
    private static boolean wantsPage(Exchange exchange) {
        return exchange.getMessage().getHeader("Accept", "", String.class).contains("text/html");
    }

    private static String get(String path) {
        return "management:" + path + "?httpMethodRestrict=GET";
    }

    private void servePage(Exchange exchange, String file) throws IOException {
        try (InputStream content = OpsRoutes.class.getResourceAsStream("page/" + file)) {
            exchange.getMessage().removeHeaders("*");
            exchange.getMessage().setBody(content.readAllBytes());
        }
        String type = file.substring(file.lastIndexOf('.') + 1);
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, TYPES.get(type));
        exchange.getMessage().setHeader("Cache-Control", "no-cache");
        exchange.getMessage().setHeader("X-Content-Type-Options", "nosniff");
        exchange.getMessage().setHeader("Content-Security-Policy", contentSecurityPolicy);
    }

    private void followRecord(Exchange exchange) throws IOException {
        String topic = exchange.getMessage().getHeader("topic", String.class);
        Integer partition = number(exchange, "partition", Integer.class);
        Long offset = number(exchange, "offset", Long.class);
        if (topic == null || partition == null || offset == null) {
            refuse(exchange, 400, "topic, partition and offset are needed, the last two as whole numbers");
            return;
        }
        answer(exchange, follow.record(topic, partition, offset));
    }

    private void findRecords(Exchange exchange) throws IOException {
        try {
            Integer most = given(exchange, "limit", Integer.class);
            answer(
                    exchange,
                    records.find(new TopicRecords.Question(
                            exchange.getMessage().getHeader("topic", String.class),
                            given(exchange, "partition", Integer.class),
                            given(exchange, "offset", Long.class),
                            given(exchange, "time", Long.class),
                            most == null ? DEFAULT_RECORDS : most)));
        } catch (IllegalArgumentException e) {
            refuse(exchange, 400, e.getMessage());
        } catch (TopicRecords.BusyException e) {
            refuse(exchange, 503, e.getMessage());
        } catch (KafkaException e) {
            refuse(exchange, 503, "Kafka does not answer: " + Causes.inShort(e));
        }
    }

    /** Null where it is not given. */
    private static <N extends Number> N given(Exchange exchange, String name, Class<N> type) {
        N value = number(exchange, name, type);
        Object text = exchange.getMessage().getHeader(name);
        if (value == null && text != null) {
            throw new IllegalArgumentException(name + " is \"" + text + "\", not a whole number");
        }
        return value;
    }

    private static void refuse(Exchange exchange, int code, String why) throws IOException {
        answer(exchange, Map.of("error", why));
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, code);
    }

    private static <N extends Number> N number(Exchange exchange, String name, Class<N> type) {
        Object text = exchange.getMessage().getHeader(name);
        return exchange.getContext().getTypeConverter().tryConvertTo(type, text);
    }

    private static void answer(Exchange exchange, Object value) throws IOException {
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
        exchange.getMessage().setHeader("Cache-Control", "no-store");
        exchange.getMessage().setBody(JSON.writeValueAsBytes(value));
    }
}
