package io.wadi.runtime.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The errors of routes that do not start. */
class RouteErrorsTest {
    private static final String ALERTS = "- route: {id: alerts, from: {uri: direct:in, steps: [{to: mock:out}]}}\n";
    private static final String COPY = """
            - route:
                id: copy
                from:
                  uri: direct:copy
                  steps:
                    - to: %s
            """;

    @TempDir
    private Path directory;

    @AutoClose
    private final DefaultCamelContext context = new DefaultCamelContext();

    private Optional<String> errorOf(String copy) throws Exception {
        Files.writeString(directory.resolve("alerts.camel.yaml"), ALERTS);
        Files.writeString(directory.resolve("copy.camel.yaml"), copy);
        Exception failure = catchThrowableOfType(Exception.class, () -> {
            PluginHelper.getRoutesLoader(context)
                    .loadRoutes(
                            ResourceHelper.fromString("alerts.camel.yaml", ALERTS),
                            ResourceHelper.fromString("copy.camel.yaml", copy));
            context.start();
        });
        return RouteErrors.of(context, directory, failure);
    }

    @Test
    void routeThatCannotBeCreated_isReported_insteadOfAnotherOneWithAnIdInTheMessage() throws Exception {
        assertThat(errorOf(COPY.formatted("\"seda:metric.alerts?sise=1\"")))
                .contains("copy.camel.yaml:6: there is no parameter sise; did you mean size?");
    }

    /** Camel generates its id. */
    @Test
    void routeWithoutAnId_isNotReportedAsAnotherOne() throws Exception {
        String unnamed = COPY.formatted("\"seda:metric.alerts?sise=1\"").replace("    id: copy\n", "");

        assertThat(errorOf(unnamed)).isEmpty();
    }

    /** Camel's exceptions contain neither a file nor a route. */
    @ParameterizedTest
    @CsvSource({
        "'    - stop:', 'copy.camel.yaml:7: stop has no value, expected its options or {}'",
        "'    - to', 'copy.camel.yaml:7: expected a key with a value, such as \"to: …\"'"
    })
    void stepWithoutAValue_isReportedWithItsLine(String step, String message) throws Exception {
        assertThat(errorOf(COPY.formatted("mock:out") + "    " + step + "\n")).contains(message);
    }

    @Test
    void invalidNumber_isReportedWithItsLine() throws Exception {
        assertThat(errorOf(COPY.formatted("mock:out").replace("    from:", "    startupOrder: first\n    from:")))
                .contains("copy.camel.yaml:3: For input string: \"first\"");
    }

    @Test
    void routeWithoutInput_isReportedBeforeTheStart() throws Exception {
        Files.writeString(directory.resolve("a.camel.yaml"), "- route: {id: a}\n- route:\n    id: b\n    from:\n");

        assertThat(RouteErrors.beforeStart(directory))
                .containsExactly("a.camel.yaml:1: the route a has no from; check the indentation");
    }
}
