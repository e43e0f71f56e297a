import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The server that `npm run dev` passes API calls to: a running `revos serve`, or the mock that dev.mjs starts.
const api = process.env["REVOS_URL"] ?? "http://127.0.0.1:7878";

export default defineConfig({
    plugins: [react()],
    server: { host: "127.0.0.1", proxy: { "/api": { target: api, changeOrigin: true } } },
    build: {
        target: "es2023",
        // Inlined assets would be data: URLs, which the content security policy refuses.
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        // ECharts, loaded when the first chart is shown.
        chunkSizeWarningLimit: 600,
        rolldownOptions: {
            output: {
                codeSplitting: {
                    groups: [
                        { name: "echarts", test: /node_modules[\\/](echarts|zrender)/ },
                        { name: "react", test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
                    ],
                },
            },
        },
    },
    test: { environment: "node", include: ["src/**/*.test.{ts,tsx}"] },
});
