package io.wadi.management.page;

import io.wadi.kafka.records.Masking;
import io.wadi.runtime.QueryParameters;
import io.wadi.runtime.config.Secrets;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.PluginHelper;

/** The web page and its API on the management port. */
public final class PageRoutes extends RouteBuilder {
    private static final Map<String, String> PAGES = Map.of("/", "index.html", "/send", "send.html");

    /** The files below {@code /page/}. */
    private static final Set<String> FILES = Set.of(
            "page.js",
            "format.js",
            "draw.js",
            "state.js",
            "session.js",
            "headline.js",
            "flow.js",
            "timeline.js",
            "groups.js",
            "topics.js",
            "tables.js",
            "files.js",
            "alerts.js",
            "dead-letters.js",
            "routes.js",
            "brokers.js",
            "checks.js",
            "send.js",
            "wadi.css",
            "wadi.svg");

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    private static final int DEFAULT_RECORDS = 50;

    private final Supplier<About> about;
    private final FollowedRecord followed;
    private final LiveStream live;
    private final TopicRecords records;
    private final ClusterView cluster;
    private final ModelCamelContext camel;
    private final Masking masking;
    private final String contentSecurityPolicy;
    private final Processor connectApi;

    /**
     * Creates the routes.
     *
     * @param masking masks values in the definitions of routes
     * @param eventsPort the event port, to which the page may send requests under any host name
     * @param connectApi handles requests to {@code /} that do not accept HTML
     */
    PageRoutes(
            Supplier<About> about,
            FollowedRecord followed,
            LiveStream live,
            TopicRecords records,
            ClusterView cluster,
            ModelCamelContext camel,
            Masking masking,
            int eventsPort,
            Processor connectApi) {
        this.connectApi = connectApi;
        this.contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                + "connect-src 'self' http://*:" + eventsPort + " https://*:" + eventsPort + "; "
                + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        this.about = about;
        this.followed = followed;
        this.live = live;
        this.records = records;
        this.cluster = cluster;
        this.camel = camel;
        this.masking = masking;
    }

    /** Returns the paths of the page's files, which contain no data of the pipeline. */
    public static Set<String> paths() {
        return Stream.concat(PAGES.keySet().stream(), FILES.stream().map(file -> "/page/" + file))
                .collect(Collectors.toSet());
    }

    @Override
    public void configure() throws Exception {
        PAGES.forEach((path, file) -> from(get(path))
                .routeId("page-" + file.replace('.', '-'))
                .process(exchange -> {
                    if (path.equals("/") && !acceptsHtml(exchange)) {
                        connectApi.process(exchange);
                    } else {
                        serve(exchange, file);
                    }
                }));
        from(get("/page/{file}")).routeId("page-files").process(this::serveFile);
        getContext().addStartupListener((context, alreadyStarted) -> live.start());
        from(get("/api/about")).routeId("api-about").process(PageResponses.with(request -> about.get()));
        from(get("/api/routes/{route}")).routeId("api-route").process(PageResponses.with(this::route));
        from(get("/api/topics/{topic}/records"))
                .routeId("api-records")
                .process(PageResponses.with(this::records, "partition", "offset", "time", "limit"));
        from(get("/api/topics/{topic}"))
                .routeId("api-topic")
                .process(PageResponses.with(request -> cluster.topic(QueryParameters.path(request, "topic"))));
        from(get("/api/cluster")).routeId("api-cluster").process(PageResponses.with(request -> cluster.cluster()));
        from(get("/api/follow"))
                .routeId("api-follow")
                .process(PageResponses.with(followed::find, "topic", "partition", "offset"));
    }

    /** Returns whether the client is a browser, which accepts HTML. Kafka Connect's clients accept JSON or any type. */
    private static boolean acceptsHtml(Exchange exchange) {
        return exchange.getMessage().getHeader("Accept", "", String.class).contains("text/html");
    }

    private static String get(String path) {
        return "management:" + path + "?httpMethodRestrict=GET,HEAD";
    }

    private void serveFile(Exchange exchange) throws IOException {
        String file = QueryParameters.path(exchange.getMessage(), "file");
        if (FILES.contains(file)) {
            serve(exchange, file);
        } else {
            exchange.getMessage().removeHeaders("*");
            exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 404);
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

    /** Returns the definition of a running route as YAML, with its placeholders and without secrets. */
    private Object route(Message request) throws Exception {
        String id = QueryParameters.path(request, "route");
        RouteDefinition definition = camel.getRouteDefinition(id);
        Route route = camel.getRoute(id);
        if (definition == null || route == null) {
            throw new PageResponses.NotFoundException("route " + id + " does not exist");
        }
        String yaml =
                PluginHelper.getModelToYAMLDumper(camel).dumpModelAsYaml(camel, definition, false, true, false, false);
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("id", id);
        shown.put("source", route.getSourceLocationShort());
        shown.put("yaml", Secrets.hideIn(yaml, masking::isMasked));
        return shown;
    }

    private Object records(Message request) throws PageResponses.BusyException, PageResponses.NotFoundException {
        return records.find(new TopicRecords.Query(
                QueryParameters.path(request, "topic"),
                PageResponses.number(request, "partition", Integer.class),
                PageResponses.number(request, "offset", Long.class),
                PageResponses.number(request, "time", Long.class),
                PageResponses.number(request, "limit", DEFAULT_RECORDS, TopicRecords.MAX_RECORDS)));
    }
}
