package io.wadi.management.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.runtime.config.Secrets;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.junit.jupiter.api.Test;

/** Secrets in Camel's own text of a route, which the page shows. */
class RouteSecretsTest {
    @Test
    void constantsOfSecretHeaders_andSecretsInAddresses_areHidden() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:in")
                            .routeId("in")
                            .setHeader("topic", constant("shown-1"))
                            .setHeader("Authorization", constant("Bearer hunter2"))
                            .setProperty("clientSecret", simple("first\n\nhunter2"))
                            .toD("ftp://me:hun/ter2@host?password=RAW(a&hunter2)")
                            .setBody(constant("shown-2"));
                }
            });
            String yaml = PluginHelper.getModelToYAMLDumper(context)
                    .dumpModelAsYaml(context, context.getRouteDefinition("in"), false, true, false, false);
            assertThat(yaml).contains("hunter2");

            assertThat(Secrets.hideIn(yaml))
                    .doesNotContain("hunter2", "hun/ter2", "first")
                    .contains("shown-1", "shown-2", "Authorization", "clientSecret", "@host");
        }
    }
}
