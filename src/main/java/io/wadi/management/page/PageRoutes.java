package io.wadi.management.page;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;

/** The page and its API, on the management port. */
public final class PageRoutes extends RouteBuilder {
    private static final Map<String, String> PAGES = Map.of("/", "index.html", "/send", "send.html");

    /** What the pages load from here, below {@code /page/}. */
    private static final Set<String> FILES = Set.of(
            "page.css",
            "page.js",
            "words.js",
            "draw.js",
            "known.js",
            "session.js",
            "verdict.js",
            "flow.js",
            "timeline.js",
            "groups.js",
            "topics.js",
            "kept.js",
            "files.js",
            "alerts.js",
            "letters.js",
            "routes.js",
            "brokers.js",
            "checks.js",
            "send.css",
            "send.js",
            "wadi.css",
            "wadi.svg");

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    private static final int NOT_FOUND = 404;
    private static final int DEFAULT_RECORDS = 50;

    private final Supplier<About> about;
    private final RecordTrace follow;
    private final LiveStream live;
    private final TopicRecords records;
    private final ClusterView cluster;
    private final RouteText texts;
    private final String contentSecurityPolicy;
    private final Processor tools;

    /**
     * Takes what the page shows: once, of a record that is followed, live, of a topic's records and of a route; the events port, which the page
     * may send to under any host name; and what answers at {@code /} who does not ask for a page.
     */
    public PageRoutes(
            Supplier<About> about,
            RecordTrace follow,
            LiveStream live,
            TopicRecords records,
            ClusterView cluster,
            RouteText texts,
            int eventsPort,
            Processor tools) {
        super();
        this.tools = tools;
        this.contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                + "connect-src 'self' http://*:" + eventsPort + " https://*:" + eventsPort + "; "
                + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        this.about = about;
        this.follow = follow;
        this.live = live;
        this.records = records;
        this.cluster = cluster;
        this.texts = texts;
    }

    /** Where the page and its files stand; none tells anything of the pipeline. */
    public static Set<String> paths() {
        return Stream.concat(PAGES.keySet().stream(), FILES.stream().map(file -> "/page/" + file))
                .collect(Collectors.toSet());
    }

    @Override
    public void configure() throws Exception {
        PAGES.forEach((path, file) -> from(get(path))
                .routeId("page-" + file.replace('.', '-'))
                .process(exchange -> {
                    if (path.equals("/") && !wantsPage(exchange)) {
                        tools.process(exchange);
                    } else {
                        serve(exchange, file);
                    }
                }));
        from(get("/page/{file}")).routeId("page-files").process(this::serveFile);
        getContext().addStartupListener((context, alreadyStarted) -> live.start());
        from(get("/api/about")).routeId("api-about").process(PageResponses.with(asked -> about.get()));
        from(get("/api/routes/{route}"))
                .routeId("api-route")
                .process(PageResponses.with(request -> texts.of(PageResponses.text(request, "route"))));
        from(get("/api/topics/{topic}/records")).routeId("api-records").process(PageResponses.with(this::found));
        from(get("/api/topics/{topic}"))
                .routeId("api-topic")
                .process(PageResponses.with(request -> cluster.topic(PageResponses.text(request, "topic"))));
        from(get("/api/cluster")).routeId("api-cluster").process(PageResponses.with(request -> cluster.cluster()));
        from(get("/api/follow")).routeId("api-follow").process(PageResponses.with(this::followed));
    }

    /** Browsers say so; tools made for Kafka Connect ask for JSON, or for anything. */
    private static boolean wantsPage(Exchange exchange) {
        return exchange.getMessage().getHeader("Accept", "", String.class).contains("text/html");
    }

    private static String get(String path) {
        return "management:" + path + "?httpMethodRestrict=GET";
    }

    private void serveFile(Exchange exchange) throws IOException {
        String file = exchange.getMessage().getHeader("file", String.class);
        if (FILES.contains(file)) {
            serve(exchange, file);
        } else {
            exchange.getMessage().removeHeaders("*");
            exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, NOT_FOUND);
            exchange.getMessage().setBody(null);
        }
    }

    private void serve(Exchange exchange, String file) throws IOException {
        try (InputStream content = PageRoutes.class.getResourceAsStream("web/" + file)) {
            exchange.getMessage().removeHeaders("*");
            exchange.getMessage().setBody(content.readAllBytes());
        }
        String type = file.substring(file.lastIndexOf('.') + 1);
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, TYPES.get(type));
        exchange.getMessage().setHeader("Cache-Control", "no-cache");
        exchange.getMessage().setHeader("X-Content-Type-Options", "nosniff");
        exchange.getMessage().setHeader("Content-Security-Policy", contentSecurityPolicy);
    }

    private Object followed(Message request) {
        String topic = PageResponses.text(request, "topic");
        Integer partition = PageResponses.number(request, "partition", Integer.class);
        Long offset = PageResponses.number(request, "offset", Long.class);
        if (topic == null || partition == null || offset == null) {
            throw new IllegalArgumentException("topic, partition and offset are needed, the last two as whole numbers");
        }
        return follow.record(topic, partition, offset);
    }

    private Object found(Message request) throws PageResponses.BusyException {
        return records.find(new TopicRecords.Question(
                PageResponses.text(request, "topic"),
                PageResponses.number(request, "partition", Integer.class),
                PageResponses.number(request, "offset", Long.class),
                PageResponses.number(request, "time", Long.class),
                PageResponses.number(request, "limit", DEFAULT_RECORDS, TopicRecords.MOST)));
    }
}
