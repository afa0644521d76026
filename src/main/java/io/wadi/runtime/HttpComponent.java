package io.wadi.runtime;

import org.apache.camel.Consumer;
import org.apache.camel.component.platform.http.PlatformHttpComponent;

/** Camel's {@code platform-http:} component with a synchronized list of endpoints, since routes stop concurrently. */
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
