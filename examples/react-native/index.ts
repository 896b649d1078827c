import { registerRootComponent } from "expo";
import { App } from "./app/app.tsx";

registerRootComponent(App);
