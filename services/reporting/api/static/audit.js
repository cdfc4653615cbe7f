// The slider goes to its fact as it is let go; without this, the button does.
document.getElementById("at").addEventListener("change", (event) => event.target.form.submit());
