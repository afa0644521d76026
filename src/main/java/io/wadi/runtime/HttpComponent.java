package io.wadi.runtime;

import org.apache.camel.Consumer;
import org.apache.camel.component.platform.http.PlatformHttpComponent;

/** Camel's {@code platform-http:}, whose list of paths several routes may change at once, as they do where they stop beside each other. */
public final class HttpComponent extends PlatformHttpComponent {
    @Override
    public synchronized void addHttpEndpoint(
            String uri, String verbs, String consumes, String produces, Consumer consumer) {
        super.addHttpEndpoint(uri, verbs, consumes, produces, consumer);
    }

    @Override
    public synchronized void removeHttpEndpoint(String uri) {
        super.removeHttpEndpoint(uri);
    }

    @Override
    public synchronized void addHttpManagementEndpoint(
            String uri, String verbs, String consumes, String produces, Consumer consumer) {
        super.addHttpManagementEndpoint(uri, verbs, consumes, produces, consumer);
    }

    @Override
    public synchronized void removeHttpManagementEndpoint(String uri) {
        super.removeHttpManagementEndpoint(uri);
    }
}
