//! The data of charts, from which they can be drawn anew.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

/// The data of a chart.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq)]
pub enum Chart {
    /// Lines.
    Line(PointChart),
    /// Points.
    Scatter(PointChart),
    /// Bars.
    Bar(BarChart),
    /// Parts of a whole.
    Pie(PieChart),
    /// How values are spread.
    BoxAndWhisker(BoxAndWhiskerChart),
    /// Several charts in one figure.
    Super(SuperChart),
    /// A chart of another type, or whose data cannot be read, as it came.
    Unknown(Value),
}

impl Chart {
    pub(super) fn new(raw: &Value) -> Self {
        let known = match raw["type"].as_str() {
            Some("line") => read(raw).map(Self::Line),
            Some("scatter") => read(raw).map(Self::Scatter),
            Some("bar") => read(raw).map(Self::Bar),
            Some("pie") => read(raw).map(Self::Pie),
            Some("box_and_whisker") => read(raw).map(Self::BoxAndWhisker),
            Some("superchart") => SuperChart::new(raw).map(Self::Super),
            _ => None,
        };
        known.unwrap_or_else(|| Self::Unknown(raw.clone()))
    }

    /// Its title, where it has one.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        match self {
            Self::Line(chart) | Self::Scatter(chart) => chart.title.as_deref(),
            Self::Bar(chart) => chart.title.as_deref(),
            Self::Pie(chart) => chart.title.as_deref(),
            Self::BoxAndWhisker(chart) => chart.title.as_deref(),
            Self::Super(chart) => chart.title.as_deref(),
            Self::Unknown(raw) => raw["title"].as_str(),
        }
    }
}

/// Some chart, where the data is that of one.
fn read<T: DeserializeOwned>(raw: &Value) -> Option<T> {
    T::deserialize(raw).ok()
}

/// What is given, or the default where that is null.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    data: D,
) -> Result<T, D::Error> {
    Option::deserialize(data).map(Option::unwrap_or_default)
}

/// The items of a list, where there is one, that are not null.
fn items<'de, D: Deserializer<'de>, T: Deserialize<'de>>(data: D) -> Result<Vec<T>, D::Error> {
    let items = Option::<Vec<Option<T>>>::deserialize(data)?;
    Ok(items.into_iter().flatten().flatten().collect())
}

/// How the values of an axis are laid out.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AxisScale {
    /// Evenly.
    Linear,
    /// By time.
    Datetime,
    /// By name.
    Categorical,
    /// By the logarithm.
    Log,
    /// By the logarithm, on both sides of zero.
    Symlog,
    /// By the logit.
    Logit,
    /// By a function.
    Function,
    /// By the logarithm of a function.
    Functionlog,
    /// By the inverse hyperbolic sine.
    Asinh,
    /// In another way.
    #[default]
    #[serde(other)]
    Unknown,
}

/// The data of a chart of lines or points.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct PointChart {
    /// Its title.
    pub title: Option<String>,
    /// What stands at the horizontal axis.
    pub x_label: Option<String>,
    /// The unit of the horizontal axis.
    pub x_unit: Option<String>,
    /// Where the horizontal axis has ticks: numbers, or texts such as dates.
    #[serde(deserialize_with = "or_default")]
    pub x_ticks: Vec<Value>,
    /// What stands at them.
    #[serde(deserialize_with = "or_default")]
    pub x_tick_labels: Vec<String>,
    /// How the horizontal axis is laid out.
    #[serde(deserialize_with = "or_default")]
    pub x_scale: AxisScale,
    /// What stands at the vertical axis.
    pub y_label: Option<String>,
    /// The unit of the vertical axis.
    pub y_unit: Option<String>,
    /// Where the vertical axis has ticks: numbers, or texts such as dates.
    #[serde(deserialize_with = "or_default")]
    pub y_ticks: Vec<Value>,
    /// What stands at them.
    #[serde(deserialize_with = "or_default")]
    pub y_tick_labels: Vec<String>,
    /// How the vertical axis is laid out.
    #[serde(deserialize_with = "or_default")]
    pub y_scale: AxisScale,
    /// The lines, or groups of points.
    #[serde(deserialize_with = "items")]
    pub elements: Vec<PointElement>,
}

/// A line, or a group of points.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct PointElement {
    /// Its name.
    pub label: Option<String>,
    /// Its points, horizontal and vertical: numbers, or texts such as dates.
    #[serde(deserialize_with = "or_default")]
    pub points: Vec<(Value, Value)>,
}

/// The data of a chart of bars.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct BarChart {
    /// Its title.
    pub title: Option<String>,
    /// What stands at the horizontal axis.
    pub x_label: Option<String>,
    /// The unit of the horizontal axis.
    pub x_unit: Option<String>,
    /// What stands at the vertical axis.
    pub y_label: Option<String>,
    /// The unit of the vertical axis.
    pub y_unit: Option<String>,
    /// The bars.
    #[serde(deserialize_with = "items")]
    pub elements: Vec<BarElement>,
}

/// A bar.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct BarElement {
    /// Its name.
    pub label: Option<String>,
    /// The group that it belongs to.
    pub group: Option<String>,
    /// How long it is: a number, or a text.
    pub value: Value,
}

/// The data of a pie chart.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct PieChart {
    /// Its title.
    pub title: Option<String>,
    /// The parts.
    #[serde(deserialize_with = "items")]
    pub elements: Vec<PieElement>,
}

/// A part of a whole.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct PieElement {
    /// Its name.
    pub label: Option<String>,
    /// Its angle, in degrees.
    pub angle: Option<f64>,
    /// Its radius; that of the chart is 1.
    pub radius: Option<f64>,
}

/// The data of a chart of boxes and whiskers.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct BoxAndWhiskerChart {
    /// Its title.
    pub title: Option<String>,
    /// What stands at the horizontal axis.
    pub x_label: Option<String>,
    /// The unit of the horizontal axis.
    pub x_unit: Option<String>,
    /// What stands at the vertical axis.
    pub y_label: Option<String>,
    /// The unit of the vertical axis.
    pub y_unit: Option<String>,
    /// The boxes.
    #[serde(deserialize_with = "items")]
    pub elements: Vec<BoxAndWhiskerElement>,
}

/// How some values are spread.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct BoxAndWhiskerElement {
    /// Its name.
    pub label: Option<String>,
    /// The end of the lower whisker.
    pub min: Option<f64>,
    /// The lower end of the box.
    pub first_quartile: Option<f64>,
    /// The line in the box.
    pub median: Option<f64>,
    /// The upper end of the box.
    pub third_quartile: Option<f64>,
    /// The end of the upper whisker.
    pub max: Option<f64>,
    /// What lies beyond the whiskers.
    #[serde(deserialize_with = "items")]
    pub outliers: Vec<f64>,
}

/// Several charts in one figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SuperChart {
    /// Its title.
    pub title: Option<String>,
    /// The charts.
    pub elements: Vec<Chart>,
}

impl SuperChart {
    /// Axes that show nothing are told as `{}`, and left out.
    fn new(raw: &Value) -> Option<Self> {
        let is_shown = |axes: &&Value| axes.as_object().is_none_or(|fields| !fields.is_empty());
        let elements = raw["elements"].as_array()?.iter().filter(is_shown);
        Some(Self {
            title: raw["title"].as_str().map(str::to_owned),
            elements: elements.map(Chart::new).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{AxisScale, Chart};

    #[test]
    fn types_are_told_apart() {
        let raw = json!({
            "type": "superchart", "title": "all", "elements": [
                { "type": "line", "title": "t", "x_label": "x", "y_label": null, "x_unit": "s",
                  "x_ticks": [0, "2024-01-01"], "x_tick_labels": ["0", "1"], "x_scale": "datetime",
                  "y_scale": "of its own", "elements": [{ "label": "l", "points": [[0, 1.5], ["a", 2]] }] },
                { "type": "scatter", "elements": [] },
                { "type": "bar", "elements": [{ "label": "a", "group": "g", "value": 3 }] },
                { "type": "pie", "elements": [{ "label": "a", "angle": 90.0, "radius": 1.0 }] },
                { "type": "box_and_whisker", "elements": [{ "label": "a", "min": 1, "median": 2.5, "outliers": [9] }] },
            ],
        });
        let Chart::Super(chart) = Chart::new(&raw) else {
            panic!("several charts")
        };
        assert_eq!(chart.title.as_deref(), Some("all"));
        let [
            Chart::Line(line),
            Chart::Scatter(_),
            Chart::Bar(bar),
            Chart::Pie(pie),
            Chart::BoxAndWhisker(spread),
        ] = &chart.elements[..]
        else {
            panic!("{chart:?}")
        };
        assert_eq!(
            (line.x_scale, line.y_scale),
            (AxisScale::Datetime, AxisScale::Unknown)
        );
        assert_eq!(line.elements[0].points[1], (json!("a"), json!(2)));
        assert_eq!(bar.elements[0].value, 3);
        assert_eq!(pie.elements[0].angle, Some(90.0));
        assert_eq!(spread.elements[0].outliers, [9.0]);
        assert_eq!(chart.elements[0].title(), Some("t"));
    }

    #[test]
    fn what_is_not_known_of_a_chart_costs_only_itself() {
        let axis = json!({ "type": "scatter", "title": null, "x_ticks": null, "x_tick_labels": null,
            "x_scale": null, "elements": [null, { "label": null, "points": null }] });
        let Chart::Scatter(chart) = Chart::new(&axis) else {
            panic!("a chart of points")
        };
        assert_eq!(
            (chart.x_scale, chart.elements.len()),
            (AxisScale::Unknown, 1)
        );
        let boxes = json!({ "type": "box_and_whisker",
            "elements": [{ "median": null, "max": 3, "outliers": [null, 9] }, { "outliers": null }] });
        let Chart::BoxAndWhisker(chart) = Chart::new(&boxes) else {
            panic!("a chart of boxes")
        };
        assert_eq!(
            (chart.elements[0].median, chart.elements[0].max),
            (None, Some(3.0))
        );
        assert_eq!(chart.elements[0].outliers, [9.0]);
        let figure =
            json!({ "type": "superchart", "elements": [{}, { "type": "bar", "elements": null }] });
        let Chart::Super(chart) = Chart::new(&figure) else {
            panic!("several charts")
        };
        assert!(matches!(&chart.elements[..], [Chart::Bar(_)]), "{chart:?}");
    }

    #[test]
    fn what_cannot_be_read_is_passed_on() {
        for raw in [
            json!({ "type": "heatmap", "title": "t" }),
            json!({ "type": "line", "elements": "none" }),
            json!({ "type": null }),
            json!([]),
        ] {
            assert_eq!(Chart::new(&raw), Chart::Unknown(raw));
        }
    }
}
