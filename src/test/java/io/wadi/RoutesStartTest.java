package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.local.Ports;
import io.wadi.testing.RouteTestSupport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.RouteTemplateParameterDefinition;
import org.junit.jupiter.api.Test;

/**
 * Every route of {@code routes/}, and a route of each template, starts with the default settings, without servers:
 * {@code direct:} endpoints replace the consumers, and mocks the endpoints.
 */
class RoutesStartTest extends RouteTestSupport {
    private static final String SUFFIX = ".camel.yaml";

    @Override
    protected Map<String, String> settings() {
        String unreachable = "localhost:" + Ports.free();
        return Map.of(
                "wadi.cards.enabled",
                "true",
                "wadi.kafka.brokers",
                unreachable,
                "wadi.hdfs.uri",
                "hdfs://" + unreachable,
                "wadi.elasticsearch.hosts",
                unreachable);
    }

    @Test
    void everyRoute_starts() throws Exception {
        for (String file : files()) {
            int before = definitions();
            load(file);
            assertThat(definitions() > before)
                    .as("routes or templates in %s", file)
                    .isNotEqualTo(file.equals("errors"));
        }
        for (RouteTemplateDefinition template : context.getRouteTemplateDefinitions()) {
            addRouteOf(template);
        }
        List<String> ids = context.getRouteDefinitions().stream()
                .map(RouteDefinition::getRouteId)
                .toList();
        for (String id : ids) {
            AdviceWith.adviceWith(context(), id, advice -> {
                advice.replaceFromWith("direct:" + id);
                advice.mockEndpointsAndSkip("*");
            });
        }

        context().start();

        assertThat(context().getRoutes()).extracting(Route::getId).containsAll(ids);
        assertThat(ids)
                .allSatisfy(id -> assertThat(context().getRouteController().getRouteStatus(id))
                        .isEqualTo(ServiceStatus.Started));
    }

    private static List<String> files() throws Exception {
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            return files.map(file -> file.getFileName().toString().replace(SUFFIX, ""))
                    .sorted()
                    .toList();
        }
    }

    private int definitions() {
        return context.getRouteDefinitions().size()
                + context.getRouteTemplateDefinitions().size();
    }

    /** Adds a route with the template's defaults, and values of other parameters that need no server. */
    private void addRouteOf(RouteTemplateDefinition template) {
        TemplatedRouteBuilder route =
                TemplatedRouteBuilder.builder(context(), template.getId()).routeId("of-" + template.getId());
        for (RouteTemplateParameterDefinition parameter : template.getTemplateParameters()) {
            if (parameter.getDefaultValue() == null) {
                route.parameter(
                        parameter.getName(), parameter.getName().equals("file") ? "/{topic}+{partition}" : "any");
            }
        }
        route.add();
    }
}
