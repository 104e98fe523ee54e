from setuptools import setup

setup(
    name="menu",
    version="1.0",
    packages=["menu"],
    package_data={"menu": ["templates/*.html"]},
    install_requires=["jinja2", "speed"],
    entry_points={"console_scripts": ["menu = menu.prices:main"]},
)
