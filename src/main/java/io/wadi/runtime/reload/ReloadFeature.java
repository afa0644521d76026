package io.wadi.runtime.reload;

import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.WadiSettings;

/** Hot reload of route files, if enabled. The main class that starts the pipeline sets the directory. */
public final class ReloadFeature implements Feature {
    @Override
    public void bind(FeatureContext context) {
        if (!context.get(WadiSettings.RELOAD_ENABLED)) {
            return;
        }
        RouteReloader live = new RouteReloader(
                context.camel(),
                context.provided(RouteHold.class),
                context.provided(RouteTargetState.class),
                context.routeChanges(),
                context.get(WadiSettings.RELOAD_INTERVAL),
                context.get(WadiSettings.STOP_PHASE_TIMEOUT),
                context.meters());
        context.bindBean("wadi-live-routes", live);
        context.beforeStop(live::close);
    }
}
