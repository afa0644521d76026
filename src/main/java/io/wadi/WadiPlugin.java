package io.wadi;

import io.wadi.runtime.Features;
import io.wadi.runtime.PipelineContext;
import io.wadi.runtime.config.SettingsReader;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.VetoCamelContextStartException;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.main.MainListener;
import org.apache.camel.spi.ContextServicePlugin;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.LifecycleStrategySupport;

/**
 * Binds Wadi to a Camel context. Camel finds this plugin as a service, so that the jar, {@code camel run} and tests
 * have the same beans. Camel only logs exceptions of a plugin; therefore an error is stored in the registry and vetoes
 * the start of the context.
 */
public final class WadiPlugin implements ContextServicePlugin {
    /** The name of a bean that is bound if Wadi's own main starts the context, since that main checks the settings. */
    static final String OWN_MAIN = "wadi-main";

    /** The name of a bean that only Camel's CLI binds. */
    private static final String CLI_BEAN = "DependencyDownloaderStrategy";

    private PipelineContext pipeline;

    @Override
    public void load(CamelContext context) {
        if (SettingsReader.isReadOnly(context)) {
            return;
        }
        boolean isEarly = isEarly(context);
        if (!isEarly) {
            bind(context);
        }
        Registry registry = context.getRegistry();
        if (registry.lookupByName(OWN_MAIN) == null) {
            registry.bind("wadi-guest", MainListener.class, new EmbeddedStart(isEarly ? this::bind : any -> {}));
        }
    }

    /**
     * Returns whether the context has no properties yet, since Camel's CLI loads plugins before it reads properties.
     */
    private static boolean isEarly(CamelContext context) {
        return context.getRegistry().lookupByName(CLI_BEAN) != null
                && context.getPropertiesComponent().getLocations().isEmpty();
    }

    private void bind(CamelContext context) {
        try {
            pipeline = PipelineContext.bind(
                    context,
                    SettingsReader.read(
                            (PropertiesComponent) context.getPropertiesComponent(), Features.settings(), Map.of()));
            context.addLifecycleStrategy(new LifecycleStrategySupport() {
                @Override
                public void onEndpointAdd(Endpoint endpoint) {
                    pipeline.endpointAdded(endpoint);
                }

                @Override
                public void onContextStarted(CamelContext started) {
                    pipeline.started();
                }

                @Override
                public void onContextStopping(CamelContext stopping) {
                    pipeline.stopping();
                }

                @Override
                public void onContextStopped(CamelContext stopped) {
                    pipeline.stopped();
                }
            });
        } catch (RuntimeException mistake) {
            context.getRegistry().bind(Mistake.BEAN, new Mistake(mistake));
            context.addLifecycleStrategy(new LifecycleStrategySupport() {
                @Override
                public void onContextInitializing(CamelContext initializing) throws VetoCamelContextStartException {
                    throw new VetoCamelContextStartException(mistake.getMessage(), mistake, initializing);
                }
            });
        }
    }

    /** An error of binding, stored in the registry. */
    record Mistake(RuntimeException cause) {
        static final String BEAN = "wadi-mistake";

        static void throwIfIn(Registry registry) {
            Mistake mistake = registry.lookupByNameAndType(BEAN, Mistake.class);
            if (mistake != null) {
                throw mistake.cause();
            }
        }
    }
}
