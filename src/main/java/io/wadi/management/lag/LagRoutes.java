package io.wadi.management.lag;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;

/**
 * The lag of all groups on the management port: in Burrow's form (version 3) below {@code /v3/kafka}, and as one object at
 * {@code /api/lag}. All answers are of the last look; none waits for Kafka.
 */
public final class LagRoutes extends RouteBuilder {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CLUSTER = "/v3/kafka/{cluster}";
    private static final String GROUP = CLUSTER + "/consumer/{group}";

    private final LagMonitor watch;
    private final String cluster;
    private final String brokers;

    /** Takes the watch, the name that the cluster has in paths, and its brokers. */
    public LagRoutes(LagMonitor watch, String cluster, String brokers) {
        super();
        this.watch = watch;
        this.cluster = cluster;
        this.brokers = brokers;
    }

    @Override
    public void configure() {
        from("management:/api/lag?httpMethodRestrict=GET")
                .routeId("api-lag")
                .process(exchange -> write(exchange, 200, LagJson.of(watch.latest(), brokers)));
        answer(
                "/v3/kafka",
                "clusters",
                (exchange, report) ->
                        new Answer(200, BurrowJson.names("cluster list returned", "clusters", List.of(cluster))));
        answer(CLUSTER, "cluster", (exchange, report) -> ofCluster(exchange, report, this::clusterDetail));
        answer(CLUSTER + "/consumer", "groups", (exchange, report) -> ofCluster(exchange, report, LagRoutes::groups));
        answer(GROUP, "group", (exchange, report) -> ofGroup(exchange, report, BurrowJson::consumer));
        answer(GROUP + "/status", "status", (exchange, report) -> status(exchange, report, false));
        answer(GROUP + "/lag", "lag", (exchange, report) -> status(exchange, report, true));
        answer(CLUSTER + "/topic", "topics", (exchange, report) -> ofCluster(exchange, report, LagRoutes::topics));
        answer(CLUSTER + "/topic/{topic}", "topic", this::ofTopic);
        answer(
                CLUSTER + "/topic/{topic}/consumers",
                "topic-groups",
                (exchange, report) -> ofCluster(exchange, report, known -> groupsOf(exchange, known)));
    }

    /** An answer and its HTTP status. */
    private record Answer(int code, ObjectNode body) {
        static Answer notFound(String message) {
            return new Answer(404, BurrowJson.answer(true, message));
        }
    }

    private void answer(String path, String name, BiFunction<Exchange, LagReport, Answer> answerer) {
        from("management:" + path + "?httpMethodRestrict=GET")
                .routeId("burrow-" + name)
                .process(exchange -> {
                    String uri = exchange.getMessage().getHeader(Exchange.HTTP_PATH, path, String.class);
                    Answer answer = answerer.apply(exchange, watch.latest());
                    ObjectNode request = answer.body().putObject("request");
                    request.put("url", uri).put("host", host());
                    write(exchange, answer.code(), answer.body());
                });
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "";
        }
    }

    private static String parameter(Exchange exchange, String name) {
        return exchange.getMessage().getHeader(name, String.class);
    }

    private Answer ofCluster(Exchange exchange, LagReport report, Function<LagReport, ObjectNode> answer) {
        if (!cluster.equals(parameter(exchange, "cluster"))) {
            return Answer.notFound("cluster not found");
        }
        if (!report.isThere()) {
            String why = report.problem().isEmpty() ? "ask again in a moment" : report.problem();
            return new Answer(503, BurrowJson.answer(true, "Kafka was not looked at yet: " + why));
        }
        return new Answer(200, answer.apply(report));
    }

    private ObjectNode clusterDetail(LagReport report) {
        ObjectNode answer = BurrowJson.answer(false, "cluster module detail returned");
        ObjectNode module = answer.putObject("module");
        module.put("class-name", "kafka").putArray("servers").add(brokers);
        return answer;
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

    private Answer ofTopic(Exchange exchange, LagReport report) {
        String topic = parameter(exchange, "topic");
        return report.isThere() && !report.topics().containsKey(topic)
                ? Answer.notFound("cluster or topic not found")
                : ofCluster(exchange, report, known -> BurrowJson.topic(known, topic));
    }

    private Answer ofGroup(Exchange exchange, LagReport report, Function<GroupLag, ObjectNode> answer) {
        String group = parameter(exchange, "group");
        return report.isThere() && report.find(group).isEmpty()
                ? Answer.notFound("cluster or consumer not found")
                : ofCluster(
                        exchange,
                        report,
                        known -> answer.apply(known.find(group).orElseThrow()));
    }

    /** Burrow says NOTFOUND of what is not there. */
    private Answer status(Exchange exchange, LagReport report, boolean all) {
        String asked = parameter(exchange, "cluster");
        String group = parameter(exchange, "group");
        if (report.isThere() && (!cluster.equals(asked) || report.find(group).isEmpty())) {
            return new Answer(404, BurrowJson.notFound(asked, group));
        }
        return ofCluster(
                exchange,
                report,
                known -> BurrowJson.status(cluster, known.find(group).orElseThrow(), all));
    }

    private static void write(Exchange exchange, int code, ObjectNode body) throws JsonProcessingException {
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
        exchange.getMessage().setHeader("Cache-Control", "no-store");
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, code);
        exchange.getMessage().setBody(JSON.writeValueAsBytes(body));
    }
}
