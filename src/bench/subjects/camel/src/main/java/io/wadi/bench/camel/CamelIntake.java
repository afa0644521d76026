package io.wadi.bench.camel;

import org.apache.camel.main.Main;

/** Accepts events with one YAML route, which responds once Kafka has acknowledged the event. */
public final class CamelIntake {
    private CamelIntake() {}

    /** Starts the route. Arguments: the brokers and the port to listen on. */
    public static void main(String[] args) throws Exception {
        Main main = new Main();
        main.addInitialProperty("brokers", args[0]);
        main.addInitialProperty("camel.server.enabled", "true");
        main.addInitialProperty("camel.server.port", args[1]);
        main.configure().withRoutesIncludePattern("classpath:routes/intake.camel.yaml");
        main.run();
    }
}
