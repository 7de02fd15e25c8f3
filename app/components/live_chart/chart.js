// Draws a Plotly figure and, when the figure grows, changes the drawing in place: zoom, hidden lines and hover
// stay. Streamlit's own chart makes a new drawing for every new figure.

const LIBRARY = "/_stcore/bidi-components/layerloom.plotly/plotly.min.js";
const CONFIG = {
  displaylogo: false,
  responsive: true,
  modeBarButtons: [["zoom2d", "pan2d", "autoScale2d", "toImage"]],
};

let loading;

function library() {
  loading ??= new Promise((resolve, reject) => {
    if (window.Plotly) {
      resolve(window.Plotly);
      return;
    }
    const script = document.createElement("script");
    script.src = LIBRARY;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error("The drawing library could not be loaded."));
    document.head.append(script);
  });
  return loading;
}

// The page's own colours and font, whichever theme it has.
function dressed(layout, element) {
  const style = getComputedStyle(element);
  const ink = style.getPropertyValue("--st-text-color").trim() || style.color;
  const paper = style.getPropertyValue("--st-background-color").trim() || "white";
  const line = "rgba(128, 128, 128, 0.22)";
  const axis = {
    automargin: true,
    gridcolor: line,
    zeroline: false,
    ticks: "",
    tickfont: { size: 12 },
  };
  return {
    ...layout,
    paper_bgcolor: "rgba(0, 0, 0, 0)",
    plot_bgcolor: "rgba(0, 0, 0, 0)",
    font: { ...layout.font, color: ink, family: style.fontFamily, size: 13 },
    title: { ...layout.title, x: 0, xanchor: "left", y: 1, yanchor: "top", pad: { t: 8 }, font: { size: 16 } },
    legend: { ...layout.legend, bgcolor: "rgba(0, 0, 0, 0)", font: { size: 12 } },
    hoverlabel: { bgcolor: paper, font: { color: ink } },
    modebar: { orientation: "v", bgcolor: "rgba(0, 0, 0, 0)", color: "rgba(128, 128, 128, 0.7)", activecolor: ink, ...layout.modebar },
    xaxis: { ...axis, showgrid: false, hoverformat: ".3~f", ...layout.xaxis },
    yaxis: { ...axis, ...layout.yaxis },
  };
}

const places = new WeakMap();

export default function render({ data, parentElement }) {
  let place = places.get(parentElement);
  if (!place) {
    place = document.createElement("div");
    parentElement.append(place);
    places.set(parentElement, place);
  }
  const figure = JSON.parse(data.figure);
  place.setAttribute("role", "figure");
  place.setAttribute("aria-label", data.label);
  place.style.minHeight = `${figure.layout.height}px`;
  library().then((Plotly) => {
    if (place.isConnected) Plotly.react(place, figure.data, dressed(figure.layout, place), CONFIG);
  });
  return () => {
    // Streamlit also says this of a call that newer data has overtaken: then all stays where it is.
    if (parentElement.isConnected) return;
    window.Plotly?.purge(place);
    place.remove();
    places.delete(parentElement);
  };
}
