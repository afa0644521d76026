package io.wadi.management.lag;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.runtime.QueryParameters;
import io.wadi.runtime.http.JsonResponse;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.util.InetAddressUtil;

/**
 * The lag API of the management port: Burrow's API (version 3) below {@code /v3/kafka}, and one report at {@code
 * /api/lag}. All responses contain the last sample and do not wait for Kafka.
 */
public final class LagRoutes extends RouteBuilder {
    private static final String CLUSTER = "/v3/kafka/{cluster}";
    private static final String GROUP = CLUSTER + "/consumer/{group}";

    private final LagMonitor monitor;
    private final String cluster;
    private final String brokers;

    public LagRoutes(LagMonitor monitor, String cluster, String brokers) {
        this.monitor = monitor;
        this.cluster = cluster;
        this.brokers = brokers;
    }

    @Override
    public void configure() {
        from("management:/api/lag?httpMethodRestrict=GET,HEAD")
                .routeId("api-lag")
                .process(this::report);
        get(
                "/v3/kafka",
                "clusters",
                (exchange, report) ->
                        new Response(200, BurrowJson.names("cluster list returned", "clusters", List.of(cluster))));
        get(CLUSTER, "cluster", (exchange, report) -> ofCluster(exchange, report, this::clusterDetail));
        get(CLUSTER + "/consumer", "groups", (exchange, report) -> ofCluster(exchange, report, LagRoutes::groups));
        get(GROUP, "group", (exchange, report) -> ofGroup(exchange, report, BurrowJson::consumer));
        get(GROUP + "/status", "status", (exchange, report) -> status(exchange, report, false));
        get(GROUP + "/lag", "lag", (exchange, report) -> status(exchange, report, true));
        get(CLUSTER + "/topic", "topics", (exchange, report) -> ofCluster(exchange, report, LagRoutes::topics));
        get(CLUSTER + "/topic/{topic}", "topic", this::ofTopic);
        get(
                CLUSTER + "/topic/{topic}/consumers",
                "topic-groups",
                (exchange, report) -> ofCluster(exchange, report, known -> groupsOf(exchange, known)));
    }

    private void report(Exchange exchange) throws JsonProcessingException {
        try {
            QueryParameters.requireKnown(exchange.getMessage(), List.of());
            JsonResponse.write(exchange, 200, LagJson.of(monitor.latest(), brokers));
        } catch (IllegalArgumentException e) {
            JsonResponse.error(exchange, 400, e.getMessage());
        }
    }

    record Response(int status, ObjectNode body) {
        static Response notFound(String message) {
            return new Response(404, BurrowJson.response(true, message));
        }

        static Response unknown(GroupLag group) {
            return new Response(
                    503,
                    BurrowJson.response(
                            true, "the lag of group %s is unknown: %s".formatted(group.group(), group.problem())));
        }

        static Response outdated(LagReport report) {
            return new Response(
                    503,
                    BurrowJson.response(
                            true,
                            "no sample has succeeded since %s: %s"
                                    .formatted(Instant.ofEpochMilli(report.timeMs()), report.problem())));
        }
    }

    private void get(String path, String name, BiFunction<Exchange, LagReport, Response> handler) {
        from("management:" + path + "?httpMethodRestrict=GET,HEAD")
                .routeId("burrow-" + name)
                .process(exchange -> {
                    String uri = exchange.getMessage().getHeader(Exchange.HTTP_PATH, path, String.class);
                    Response response = handler.apply(exchange, monitor.latest());
                    ObjectNode request = response.body().putObject("request");
                    request.put("url", uri).put("host", InetAddressUtil.getLocalHostNameSafe());
                    JsonResponse.write(exchange, response.status(), response.body());
                });
    }

    private static String parameter(Exchange exchange, String name) {
        return QueryParameters.path(exchange.getMessage(), name);
    }

    private Response ofCluster(Exchange exchange, LagReport report, Function<LagReport, ObjectNode> body) {
        return ofCluster(parameter(exchange, "cluster"), report, body);
    }

    private Response ofCluster(String requested, LagReport report, Function<LagReport, ObjectNode> body) {
        if (!cluster.equals(requested)) {
            return Response.notFound("cluster not found");
        }
        if (!report.isAvailable()) {
            String reason = report.problem().isEmpty() ? "try again in a moment" : report.problem();
            return new Response(503, BurrowJson.response(true, "no sample of Kafka yet: " + reason));
        }
        return new Response(200, body.apply(report));
    }

    private ObjectNode clusterDetail(LagReport report) {
        ObjectNode response = BurrowJson.response(false, "cluster module detail returned");
        ObjectNode module = response.putObject("module");
        module.put("class-name", "kafka").putArray("servers").add(brokers);
        return response;
    }

    private static ObjectNode groups(LagReport report) {
        return BurrowJson.names(
                "consumer list returned",
                "consumers",
                report.groups().stream().map(GroupLag::group).toList());
    }

    private static ObjectNode topics(LagReport report) {
        return BurrowJson.names("topic list returned", "topics", report.topics().keySet());
    }

    private static ObjectNode groupsOf(Exchange exchange, LagReport report) {
        String topic = parameter(exchange, "topic");
        return BurrowJson.names(
                "consumers of topic returned",
                "consumers",
                report.groups().stream()
                        .filter(group -> group.partitions().stream()
                                .anyMatch(each -> each.partition().topic().equals(topic)))
                        .map(GroupLag::group)
                        .toList());
    }

    private Response ofTopic(Exchange exchange, LagReport report) {
        String topic = parameter(exchange, "topic");
        return report.isAvailable() && !report.topics().containsKey(topic)
                ? Response.notFound("cluster or topic not found")
                : ofCluster(exchange, report, known -> BurrowJson.topic(known, topic));
    }

    private Response ofGroup(Exchange exchange, LagReport report, Function<GroupLag, ObjectNode> body) {
        Optional<GroupLag> group = report.find(parameter(exchange, "group"));
        if (report.isAvailable() && group.isEmpty()) {
            return Response.notFound("cluster or consumer not found");
        }
        boolean isUnknown = cluster.equals(parameter(exchange, "cluster"))
                && group.isPresent()
                && !group.get().isKnown();
        return isUnknown
                ? Response.unknown(group.get())
                : ofCluster(exchange, report, known -> body.apply(group.orElseThrow()));
    }

    private Response status(Exchange exchange, LagReport report, boolean all) {
        return status(parameter(exchange, "cluster"), parameter(exchange, "group"), report, all);
    }

    /**
     * Returns the status of a group; NOTFOUND for an unknown group, as in Burrow. The status is OK only if all offsets
     * are known, and the last attempt to take a sample has succeeded.
     */
    Response status(String requested, String name, LagReport report, boolean all) {
        Optional<GroupLag> group = report.find(name);
        if (report.isAvailable() && (!cluster.equals(requested) || group.isEmpty())) {
            return new Response(404, BurrowJson.notFound(requested, name));
        }
        boolean isOk = group.isPresent() && group.get().worst() == LagStatus.OK;
        if (isOk && !report.problem().isEmpty()) {
            return Response.outdated(report);
        }
        return isOk && !group.get().isLagKnown()
                ? Response.unknown(group.get())
                : ofCluster(requested, report, known -> BurrowJson.status(cluster, group.orElseThrow(), all));
    }
}
