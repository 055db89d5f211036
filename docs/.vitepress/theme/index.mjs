/** VitePress's own theme in the system's fonts, with the colours of the page that `smxc serve` shows. */
import Theme from "vitepress/theme-without-fonts";
import "./theme.css";

export default Theme;
