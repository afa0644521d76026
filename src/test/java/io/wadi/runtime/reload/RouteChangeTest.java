package io.wadi.runtime.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes that remove the step which stores the input of a route. */
final class RouteChangeTest {
    private static final String ROUTE = """
            - route:
                id: orders
                from:
                  uri: platform-http:/orders
                  steps:
                    - process: {ref: send-events}
            """;

    /** Templates and configurations are rejected without a trial, because they do not run by themselves. */
    @ParameterizedTest
    @ValueSource(strings = {"routeTemplate", "routeConfiguration"})
    void lostStepOfATemplateOrConfiguration_isRejectedAtOnce(String kind) throws Exception {
        String before = ROUTE.replace("route:", kind + ":");

        RejectedChangeException refused =
                catchThrowableOfType(RejectedChangeException.class, () -> between(before, without(before)));

        assertThat(refused.mistakes())
                .singleElement()
                .asString()
                .startsWith("a.camel.yaml:1: the route orders has lost its step send-events: ");
    }

    @Test
    void lostStepOfARoute_isReportedAfterTheTrial() throws Exception {
        RouteChange change = between(ROUTE, without(ROUTE));

        assertThat(change.lost().values().stream().flatMap(List::stream))
                .singleElement()
                .asString()
                .startsWith("a.camel.yaml:1: the route orders has lost its step send-events: ");
        assertThat(change.back().lost()).isEmpty();
    }

    /** Camel reads the text of a number, and not its value. */
    @Test
    void otherTextOfTheSameNumber_isAChange() throws Exception {
        String before = ROUTE + "        - setHeader: {name: api-version, constant: 1.1}\n";

        assertThat(between(before, before.replace("1.1", "1.10")).summary()).isEqualTo("orders changed");
        assertThat(between(before, before.replace("1.1}", "1.1} # the same")).isEmpty())
                .isTrue();
        assertThat(between(
                                before,
                                before.replace(
                                        "{name: api-version, constant: 1.1}", "{constant: 1.1, name: api-version}"))
                        .isEmpty())
                .isTrue();
    }

    /** Camel accepts them. */
    @Test
    void emptyValues_areAccepted_andTheirChangesFound() throws Exception {
        String before = ROUTE.replace("    from:", "    description:\n    from:") + "        - setBody: {constant: }\n";

        assertThat(between(before, before.replace("description:", "description: # the same"))
                        .isEmpty())
                .isTrue();
        assertThat(between(before, before.replace("constant: ", "constant: 1")).summary())
                .isEqualTo("orders changed");
        assertThat(between(before, before.replace("description:", "description: of this route"))
                        .summary())
                .isEqualTo("orders changed");
    }

    @Test
    void otherTextOfTheSameNumberInABean_isRejected() {
        String before = ROUTE + "- beans: [{name: a, type: A, properties: {version: 1.1}}]\n";

        assertThat(catchThrowableOfType(
                                RejectedChangeException.class, () -> between(before, before.replace("1.1", "1.10")))
                        .mistakes())
                .anyMatch(each -> each.contains("\"beans\" cannot change at run time"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"dead-letters", "other, dead*", "{{errors}}"})
    void changedConfiguration_changesTheRoutesThatReferToIt(String reference) throws Exception {
        String configuration =
                "- routeConfiguration: {id: dead-letters, onException: [{onException: {exception: [%s]}}]}\n";
        String other = "- routeConfiguration: {id: other}\n";
        String routes = ROUTE.replace("    id: orders\n", "    id: orders\n    routeConfigurationId: \"%s\"\n")
                        .formatted(reference)
                + ROUTE.replace("orders", "others").replace("    from:", "    routeConfigurationId: other\n    from:");

        assertThat(between(
                                configuration.formatted("java.lang.Exception") + other + routes,
                                configuration.formatted("java.lang.Error") + other + routes)
                        .summary())
                .isEqualTo("dead-letters changed, orders changed");
    }

    /** Camel uses the last value. */
    @Test
    void parameterThatOccursTwice_isRejected() {
        String template =
                "- routeTemplate: {id: copy, parameters: [{name: a}], route: {from: {uri: \"direct:{{a}}\"}}}\n";

        assertThat(catchThrowableOfType(RejectedChangeException.class, () -> between(template, template + """
                                        - templatedRoute:
                                            routeTemplateRef: copy
                                            routeId: one
                                            parameters:
                                              - {name: a, value: b}
                                              - {name: a, value: c}
                                        """))
                        .mistakes())
                .containsExactly("a.camel.yaml:7: the parameter a occurs twice; remove one of both");
    }

    @Test
    void entryWithTwoKeys_isReportedAsSuch() {
        assertThat(catchThrowableOfType(
                                RejectedChangeException.class,
                                () -> between(ROUTE, ROUTE + "- route: {id: a}\n  from: {uri: direct:a}\n"))
                        .mistakes())
                .containsExactly(
                        "a.camel.yaml:7: expected an entry with one key such as \"route:\"; check the indentation");
    }

    /** Camel accepts options in kebab case, too. */
    @Test
    void referencesInKebabCase_areFound() throws Exception {
        String shared = """
                - routeConfiguration: {id: errors, onException: [{onException: {exception: [java.lang.%s]}}]}
                - routeTemplate: {id: copy, parameters: [{name: a}], route: {from: {uri: direct:a}}}
                """;
        String routes =
                "- templatedRoute: {route-template-ref: copy, route-id: one, parameters: [{name: a, value: b}]}\n"
                        + ROUTE.replace("    from:", "    route-configuration-id: errors\n    from:");

        assertThat(between(shared.formatted("Exception") + routes, shared.formatted("Error") + routes)
                        .summary())
                .isEqualTo("errors changed, orders changed");
        assertThat(between(
                                shared.formatted("Error") + routes,
                                shared.formatted("Error").replace("direct:a", "direct:b") + routes)
                        .summary())
                .isEqualTo("copy changed, one changed");
        assertThat(catchThrowableOfType(
                                RejectedChangeException.class,
                                () -> between(ROUTE, routes.substring(routes.indexOf("\n") + 1)))
                        .mistakes())
                .containsExactly("a.camel.yaml:3: there is no routeConfiguration \"errors\"");
    }

    /** Camel applies it to all routes without a reference. */
    @Test
    void changedConfigurationOfAllRoutes_changesTheRoutesWithoutAReference() throws Exception {
        String configuration = "- routeConfiguration: {id: \"*\", onException: [{onException: {exception: [%s]}}]}\n";
        String routes = ROUTE
                + "- routeConfiguration: {id: other}\n"
                + ROUTE.replace("orders", "others").replace("    from:", "    routeConfigurationId: other\n    from:");

        assertThat(between(
                                configuration.formatted("java.lang.Exception") + routes,
                                configuration.formatted("java.lang.Error") + routes)
                        .summary())
                .isEqualTo("* changed, orders changed");
    }

    @Test
    void renamedFile_changesNoRoute() throws Exception {
        RouteFileEntries renamed =
                RouteFileEntries.of(new DirectorySnapshot(new TreeMap<>(Map.of("b.camel.yaml", "# moved\n" + ROUTE))));

        assertThat(RouteChange.between(entries(ROUTE), renamed, Set.of()).isEmpty())
                .isTrue();
    }

    /** Camel would keep the interceptors of each trial and of each former route. */
    @ParameterizedTest
    @ValueSource(strings = {"id: \"*\", ", "", "id: sends, "})
    void routeOfAConfigurationThatInterceptsEndpoints_isRejected(String id) {
        String configuration = "- routeConfiguration: {%sinterceptSendToEndpoint: [{interceptSendToEndpoint: "
                + "{uri: \"mock:*\", steps: [{log: sent}]}}]}\n";
        String file = configuration.formatted(id)
                + (id.contains("sends")
                        ? ROUTE.replace("    from:", "    routeConfigurationId: sends\n    from:")
                        : ROUTE);

        assertThat(catchThrowableOfType(
                                RejectedChangeException.class, () -> between(file, file.replace("/orders", "/others")))
                        .mistakes())
                .containsExactly("a.camel.yaml:2: the route orders cannot change at run time, because its"
                        + " routeConfiguration has an interceptSendToEndpoint; restart Wadi to apply the change");
    }

    /** Camel keeps the interceptor of the former configuration, so that records would still pass it. */
    @ParameterizedTest
    @ValueSource(strings = {"interceptSendToEndpoint", "intercept-send-to-endpoint"})
    void routeThatLosesTheInterceptorOfItsConfiguration_isRejected(String name) {
        String configuration = "- routeConfiguration: {id: sends, onException: [%s]}\n";
        String intercepting = "- routeConfiguration: {id: sends, %s: [{%s: {uri: \"mock:*\", steps: [{log: x}]}}]}\n"
                .formatted(name, name);
        String route = ROUTE.replace("    from:", "    routeConfigurationId: sends\n    from:");

        for (String after : List.of(configuration.formatted("") + route, intercepting + ROUTE)) {
            assertThat(catchThrowableOfType(RejectedChangeException.class, () -> between(intercepting + route, after))
                            .mistakes())
                    .as(after)
                    .singleElement()
                    .asString()
                    .startsWith("a.camel.yaml:2: the route orders cannot change at run time, because its");
        }
    }

    /** Such entries apply to the routes of their file. */
    @Test
    void routeThatMovesToAFileWithAnOnException_isChanged() throws Exception {
        String entry = "- onException: {exception: [java.lang.Exception], steps: [{to: mock:failed}]}\n";
        String other = ROUTE.replace("orders", "others");
        RouteFileEntries before = RouteFileEntries.of(
                new DirectorySnapshot(new TreeMap<>(Map.of("a.camel.yaml", ROUTE, "b.camel.yaml", entry + other))));

        assertThat(RouteChange.between(before, entries(entry + other + ROUTE), Set.of())
                        .summary())
                .isEqualTo("orders changed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- &itself [*itself]\n",
                "- beans: &itself [{name: a, type: A, properties: {version: 1, other: *itself}}]\n"
            })
    void entryThatContainsItself_isRejectedWithItsLine(String entry) {
        assertThat(catchThrowableOfType(RejectedChangeException.class, () -> between(ROUTE, ROUTE + entry))
                        .mistakes())
                .singleElement()
                .isEqualTo("a.camel.yaml:7: the node contains itself as an alias");
    }

    private static String without(String file) {
        return file.replace("send-events", "send-nothing");
    }

    private static RouteChange between(String before, String after) throws RejectedChangeException {
        return RouteChange.between(entries(before), entries(after), Set.of("send-events"));
    }

    private static RouteFileEntries entries(String file) throws RejectedChangeException {
        return RouteFileEntries.of(new DirectorySnapshot(new TreeMap<>(Map.of("a.camel.yaml", file))));
    }
}
